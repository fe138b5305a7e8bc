import { z } from 'zod';
import { endStates } from '#contract/jobState.js';
import type { WebhookFilter } from '../../jobs/outbox/sendOut.js';
import { PromptsegError } from '../../platform/errors.js';
import { httpAddressSchema } from '../../platform/httpEndpoint.js';
import { readSecret, readSettingsFile, secretSchema } from '../../platform/settingsFile.js';

const webhookFilterSchema = z.strictObject({
  states: z.array(z.enum(endStates)).min(1).optional(),
  rules: z.array(z.string().min(1).max(64)).min(1).optional(),
}) satisfies z.ZodType<WebhookFilter>;

const webhooksFileSchema = z.strictObject({
  version: z.literal(1),
  webhooks: z.record(
    z
      .string()
      .max(64)
      .regex(/^[a-z0-9]+([-_][a-z0-9]+)*$/i, 'is not the name of a webhook'),
    webhookFilterSchema.extend({
      url: httpAddressSchema('a receiver knows a message by its signature'),
      secret: secretSchema,
      /** Whether it gets the typed prompts, which may name a patient. */
      prompts: z.boolean().default(false),
    }),
  ),
});

export interface Webhook {
  readonly name: string;
  readonly url: string;
  /** Key of the HMAC. Never logged. */
  readonly key: Uint8Array;
  readonly filter: WebhookFilter;
  /** Whether its messages contain the typed prompts. */
  readonly prompts: boolean;
}

/**
 * Reads the file of PROMPTSEG_WEBHOOKS_FILE; none if no file is named.
 * @throws PromptsegError `settings-file-invalid` with position and reason
 */
export async function readWebhooks(
  file: string | undefined,
  variables: NodeJS.ProcessEnv = process.env,
): Promise<readonly Webhook[]> {
  if (file === undefined) return [];
  const { webhooks } = await readSettingsFile(file, webhooksFileSchema, 'webhooks');
  return Promise.all(
    Object.entries(webhooks).map(async ([name, { url, secret, states, rules, prompts }]) => ({
      name,
      url,
      prompts,
      key: keyOf(await readSecret(secret, variables), name),
      filter: { ...(states && { states }), ...(rules && { rules }) },
    })),
  );
}

/** Standard Webhooks: "whsec_" and 24 to 64 bytes in base64. */
function keyOf(secret: string, webhook: string): Uint8Array {
  const [, encoded] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  const key = Buffer.from(encoded ?? '', 'base64');
  if (key.length >= 24 && key.length <= 64) return key;
  throw new PromptsegError(
    'settings-file-invalid',
    `The secret of the webhook “${webhook}” is not “whsec_” followed by 24 to 64 bytes in base64.`,
  );
}
