/**
 * Notes on how a job ran, apart from those on its images and its result: sentences that say nothing to a reader of
 * the result.
 */
export const technicalNotes = {
  inInt8: 'The model computed in int8, which is faster on this processor than float32.',
  int8NotFaster: 'The model computed in float32: int8 is not faster on this processor.',
  int8Unfit: 'The model computed in float32: its int8 graph does not work on this processor.',
  cpuOnly: 'This model runs on the CPU only.',
  imagesKept: 'The images were kept from an earlier job and not retrieved again.',
  masksOnly: 'The image was segmented for an earlier prompt already; only the masks were made again.',
  tissuesKnown: 'The tissues of the image were known from an earlier job.',
  promptsOnly: 'The image was looked at for an earlier prompt already; only the prompts were run.',
  heldBefore: 'The archive held the result already, from an earlier attempt of this job; it was not stored again.',
} as const;

const onProvider = 'The model ran on ';

/**
 * @param provider as people call it
 * @param reasons why not on a better one, each to follow a semicolon; may be none
 */
export const ranOn = (provider: string, reasons: readonly string[]): string =>
  `${onProvider}${provider}.${reasons.length === 0 ? '' : ` ${reasons.join('; ')}.`}`;

/**
 * @param prompts per run of a graph
 * @param why a sentence after "because", without its full stop
 */
export const fewerPrompts = (prompts: number, why: string): string =>
  `${onProvider}${prompts === 1 ? 'one prompt' : `${prompts} prompts`} at a time, because ${why}.`;

const farAway = ' windows were left out: they are too far from everything that was asked for.';

/** @param of all windows of the image */
export const windowsLeftOut = (count: number, of: number): string => `${count} of ${of}${farAway}`;

const again = ' The job was started again.';

/** @param why a sentence */
export const startedAgain = (why: string): string => why + again;

const fixed: ReadonlySet<string> = new Set(Object.values(technicalNotes));

/** Whether a note of a job is about how it ran. What the archive delivered is. */
export const isTechnicalNote = (note: string): boolean =>
  fixed.has(note) ||
  note.startsWith(onProvider) ||
  note.endsWith(again) ||
  note.endsWith(farAway) ||
  note.startsWith('The archive ');
