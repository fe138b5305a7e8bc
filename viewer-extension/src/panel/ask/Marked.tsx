import type { ResolutionView } from '../../../../server/contract/prompts.js';
import { markUnknown } from './reading.js';

/** A text with what was not understood struck through. */
export function Marked({ text, parts }: { readonly text: string; readonly parts: readonly ResolutionView[] }) {
  return markUnknown(text, parts).map((piece, index) =>
    piece.isUnknown ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no identity but their place
      <s key={index} data-promptseg="struck">
        {piece.text}
      </s>
    ) : (
      piece.text
    ),
  );
}
