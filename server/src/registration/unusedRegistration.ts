import type { Registration, UnusedReason } from '#contract/registration.js';

const sentences: Readonly<Record<Exclude<UnusedReason, 'failed'>, string>> = {
  'shows-too-little': 'one of the two series shows too little of the patient to register them.',
  'overlaps-little': 'the two series have too little of the patient in common.',
  'moves-far': 'the registration turned or shifted the images by more than it can be trusted with.',
  'not-alike': 'the registered images are not alike enough.',
  mirrored: 'the mirror image of one of the two series fits better.',
};

/** @param why for `failed`: the sentence of the error */
export const unusedRegistration = (
  ...[reason, why]: [reason: Exclude<UnusedReason, 'failed'>, why?: undefined] | [reason: 'failed', why: string]
): Registration => ({
  status: 'not-used',
  reason,
  text:
    reason === 'failed'
      ? `Not matched by place: the two series could not be registered. ${why}`
      : `Not matched by place: ${sentences[reason]}`,
});
