import { z } from 'zod';
import { readSettingsFile } from '../platform/settingsFile.js';
import { type NamedPrompts, shippedPresets } from './presets.js';

const nameSchema = z.string().trim().min(1, 'is empty').max(80);

const presetsFileSchema = z.strictObject({
  version: z.literal(1),
  presets: z.record(
    z
      .string()
      .max(64)
      .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'is not an id: a-z, 0-9 and hyphens'),
    z.strictObject({
      /** One name, or a name per language. */
      name: z.union([nameSchema, z.strictObject({ en: nameSchema, de: nameSchema.optional() })], {
        error: 'is neither a name nor names by language (en, de)',
      }),
      prompts: z
        .array(z.string().trim().min(1, 'is empty').max(500))
        .min(1, 'needs at least one prompt')
        .max(50, 'has more than 50 prompts'),
    }),
  ),
  /** Ids of shipped presets that are not offered. */
  hide: z
    .array(
      z.string().refine((id) => shippedPresets.some((preset) => preset.id === id), {
        error: ({ input }) => `"${input}" is not a shipped preset`,
      }),
    )
    .default([]),
});

/**
 * The presets of a site: those in the file of PROMPTSEG_PRESETS_FILE, in its order, then the shipped ones that the file
 * neither hides nor replaces by one with the same id.
 * @param file absent: only the shipped ones
 * @throws PromptsegError `settings-file-invalid` with position and reason
 */
export async function readPresets(file: string | undefined): Promise<readonly NamedPrompts[]> {
  if (file === undefined) return shippedPresets;
  const { presets, hide } = await readSettingsFile(file, presetsFileSchema, 'presets');
  const own = Object.entries(presets).map(([id, { name, prompts }]) => ({ id, names: namesOf(name), prompts }));
  const left = shippedPresets.filter(({ id }) => !Object.hasOwn(presets, id) && !hide.includes(id));
  return [...own, ...left];
}

function namesOf(name: string | { readonly en: string; readonly de?: string | undefined }): NamedPrompts['names'] {
  if (typeof name === 'string') return { en: name };
  return name.de === undefined ? { en: name.en } : { en: name.en, de: name.de };
}
