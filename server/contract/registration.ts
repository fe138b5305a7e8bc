import { z } from 'zod';

/** How places of two studies are brought together: by registering the images rigidly, or as the images state them. */
export const registrationModes = ['rigid', 'none'] as const;
export type RegistrationMode = (typeof registrationModes)[number];

/** Why a registration is not used. */
export const unusedReasons = [
  /** One of the series shows too little of the patient, or nothing but air. */
  'shows-too-little',
  /** The series have too little of the patient in common. */
  'overlaps-little',
  /** It turned or shifted the images farther than a registration can find its way. */
  'moves-far',
  /** The registered images are hardly more alike than any two, or less than before. */
  'not-alike',
  /** The mirror image fits better. */
  'mirrored',
  /** It could not be computed: too little memory or time, images that cannot be read. */
  'failed',
] as const;
export type UnusedReason = (typeof unusedReasons)[number];

/** One English sentence, for people. */
const text = z.string();

/** A rigid registration of the images of two studies. */
export const registrationSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('used'),
    text,
    /** From a place in the later images to the same place in the earlier ones: 4 × 4, row by row, LPS mm. */
    nowToBefore: z.array(z.number()).length(16).readonly(),
    turnedDegrees: z.number(),
    /** By how much it moves the centre of what the later images show of the patient, mm. */
    shiftedMm: z.number(),
    /**
     * Normalised mutual information of the registered images: 1 if one says nothing about the other, 2 if it says
     * everything.
     */
    information: z.number(),
    /** Volume that both series cover, as a fraction of the smaller one. */
    overlap: z.number(),
  }),
  z.object({ status: z.literal('not-used'), text, reason: z.enum(unusedReasons) }),
]);
export type Registration = z.infer<typeof registrationSchema>;
export type UsedRegistration = Extract<Registration, { status: 'used' }>;
