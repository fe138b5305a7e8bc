import type { Concept } from './concept.js';

/** How the instances of a target that may be many are separated. */
export interface InstanceSettings {
  /** Smaller connected parts are not listed, mL. */
  readonly minimumMl: number;
  /** Parts that come as near as this are one, mm; 0 joins only what touches. */
  readonly mergeMm: number;
}

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
  /** Only for targets of which there may be many. */
  readonly instances?: InstanceSettings;
}
