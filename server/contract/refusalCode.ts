/** Why a part of a text was not understood, as a code; a sentence next to it says the same. */
export const refusalCodes = [
  'unknown-words',
  /** It is anatomy, but the model does not segment it. */
  'not-in-model',
  /** The model was trained on it, but is not accurate enough. */
  'not-offered',
  'side-alone',
  'side-between',
  'sides-differ',
  /** A side of the picture, not of the patient: "on the left of the image". */
  'side-of-image',
  /** "Left" may be what remains, "right" a question, "l" litres. */
  'side-doubtful',
  'side-unknown',
  'names-adjacent',
  'ambiguous',
  'negation',
  'names-nothing',
  /** It asks for a comparison with the earlier study, but not of what. */
  'comparison-alone',
  'too-long',
  'free-text-refused',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];
