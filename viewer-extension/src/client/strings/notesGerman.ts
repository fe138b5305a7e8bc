import { contradictions } from './contradictionsGerman.js';
import { imageNotes } from './imageNotesGerman.js';
import { normsNotes } from './normsNotesGerman.js';
import { petNotes } from './petNotesGerman.js';
import { runNotes } from './runNotesGerman.js';
import { translateSentence } from './translateSentence.js';

/** The sentences of a job's `notes`, the special ones before those that fit more. */
export const notes = [...contradictions, ...imageNotes, ...petNotes, ...normsNotes, ...runNotes];

/** A note of a job in German. */
export const noteInGerman = (note: string): string => translateSentence(note, notes);
