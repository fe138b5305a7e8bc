import type { RefusalCode } from '#contract/refusalCode.js';
import type { Target } from '../values/target.js';
import type { VocabularyTarget } from '../values/vocabulary.js';
import type { PublishedModel } from './knownAnatomy.js';
import type { StatedContext } from './statedContext.js';

/** One part of a text and how it was understood. */
export type PromptResolution = UnderstoodPart | UnknownPart;

export interface UnderstoodPart {
  readonly status: 'understood';
  /** The part of the text, as typed, without the polite words around it. */
  readonly prompt: string;
  /** In the vocabulary's order. A target that another part also requested appears again. */
  readonly targets: readonly [Target, ...Target[]];
  /** What the text says about the image, if anything: "in chest CT". */
  readonly about?: StatedContext;
  /** `prompt` with corrected spelling; absent without corrections. */
  readonly correctedTo?: string;
}

export interface UnknownPart {
  readonly status: 'unknown';
  readonly prompt: string;
  readonly code: RefusalCode;
  /** A sentence for people. */
  readonly reason: string;
  /** Best first; empty if nothing is similar. */
  readonly nearest: readonly VocabularyTarget[];
  /** Whether a model that reads free text could take these words, once the user confirms it. */
  readonly mayBeFreeText: boolean;
  /** Of `not-in-model`: published models that segment it. */
  readonly published?: readonly PublishedModel[];
}
