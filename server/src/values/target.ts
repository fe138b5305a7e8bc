import type { Concept } from './concept.js';

/** What a prompt was resolved to, in one model's vocabulary. */
export interface Target {
  /** Id in the model package's vocabulary. */
  readonly id: string;
  /** For people: "left lung". Becomes the Segment Label. */
  readonly name: string;
  /** The part of the text, as typed, that requested it. */
  readonly prompt: string;
  /** Literal words outside the vocabulary that the model receives; only for models that read free text. */
  readonly freeText?: string;
  readonly concept: Concept;
}
