import { cssColour } from '../client/format.js';

/** The colour that a target is drawn in. */
export function Dot({ colour }: { colour: readonly [number, number, number] }) {
  return <span className="promptseg-dot" style={{ background: cssColour(colour) }} aria-hidden="true" />;
}
