import { useEffect, useState, useSyncExternalStore } from 'react';
import { strings } from '../../client/strings.js';
import type { Host } from '../host.js';
import type { ResultStore } from '../results/resultStore.js';

/**
 * The viewer's own parts below the panel: its tools are there while somebody edits and not before, its list of
 * segmentations where somebody asks for it.
 */
export function ViewerTools({
  tools,
  results,
}: {
  readonly tools: NonNullable<Host['tools']>;
  readonly results: ResultStore;
}) {
  const { editing } = useSyncExternalStore(results.subscribe, results.state);
  const [isOpen, setOpen] = useState(false);
  const [areThere, setThere] = useState(false);
  const isEditing = editing !== undefined;
  useEffect(() => setThere(tools.areThere()), [tools]);
  useEffect(() => tools.show({ tools: isEditing, lists: isOpen }), [tools, isEditing, isOpen]);
  if (!areThere) return null;
  return (
    <button
      type="button"
      className="promptseg-drawer"
      aria-expanded={isOpen}
      onClick={() => setOpen(!isOpen)}
      data-promptseg="viewer-tools"
    >
      {strings.tools}
      <span className="promptseg-chevron" aria-hidden="true" />
    </button>
  );
}
