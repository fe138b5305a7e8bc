import { useEffect, useRef } from 'react';

/** Shows the job that the address names (`/jobs#ID`, as the page `/rules` links), once it is in the list. */
export function useLinkedJob(): void {
  const isShown = useRef(false);
  useEffect(() => {
    const id = location.hash.slice(1);
    const row = isShown.current || id === '' ? null : document.getElementById(id);
    if (row === null) return;
    isShown.current = true;
    row.dataset.linked = 'true';
    row.scrollIntoView({ block: 'center' });
  });
}
