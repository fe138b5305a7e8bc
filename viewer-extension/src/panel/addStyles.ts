/** Adds styles to the page, after the existing ones. */
export function addStyles(rules: string): void {
  const style = document.createElement('style');
  style.textContent = rules;
  document.head.append(style);
}
