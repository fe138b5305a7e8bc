import { Fragment, type JSX, jsx as make, jsxs as makeMany } from 'react/jsx-runtime';
import { shownText } from '../../../server/contract/shownText.js';

/**
 * React's own JSX, for all elements of the panel and the pages (`jsxImportSource`), but for texts: whatever is shown
 * goes through {@link shownText} here, once, so that no view can forget it. Values of fields stay as they are, because
 * they are sent back; a field is isolated from what stands around it.
 */
export { Fragment, type JSX };

type Make = typeof make;

const shownProps = ['children', 'title', 'alt', 'placeholder', 'label', 'aria-label', 'aria-description'] as const;

function shown(value: unknown): unknown {
  if (typeof value === 'string') return shownText(value);
  return Array.isArray(value) ? value.map(shown) : value;
}

/** Components pass their texts on to elements. */
function withShownTexts(type: Parameters<Make>[0], props: unknown): unknown {
  if (typeof type !== 'string' && type !== Fragment) return props;
  const withTexts = { ...(props as Record<string, unknown>) };
  for (const name of shownProps) if (name in withTexts) withTexts[name] = shown(withTexts[name]);
  return withTexts;
}

export const jsx: Make = (type, props, key) => make(type, withShownTexts(type, props), key);
export const jsxs: Make = (type, props, key) => makeMany(type, withShownTexts(type, props), key);
