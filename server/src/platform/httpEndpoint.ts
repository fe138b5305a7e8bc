import { z } from 'zod';
import { readSecret, secretSchema } from './settingsFile.js';

/**
 * The address of another system. Addresses are shown, printed and logged; a secret in one would be too.
 * @param instead where credentials belong, for the message
 */
export const httpAddressSchema = (instead: string) =>
  z.url({ protocol: /^https?$/, error: 'is not an address that begins with http:// or https://' }).refine(
    (address) => {
      if (!URL.canParse(address)) return true;
      const { username, password } = new URL(address);
      return username === '' && password === '';
    },
    { message: `contains credentials; ${instead}` },
  );

/** The address of another system in a settings file; its credentials are stored elsewhere. */
export const httpEndpointSchema = z
  .strictObject({
    url: httpAddressSchema('give them as username and password'),
    username: z.string().min(1).optional(),
    password: secretSchema.optional(),
    /** For `Authorization: Bearer`. */
    token: secretSchema.optional(),
  })
  .refine(({ username, password }) => (username === undefined) === (password === undefined), {
    message: 'needs both username and password, or neither',
  })
  .refine(({ username, token }) => username === undefined || token === undefined, {
    message: 'takes either username and password, or a token',
  });

/**
 * The `Authorization` header for it; undefined without credentials.
 * @throws PromptsegError `settings-file-invalid` if a secret is not where the settings say
 */
export async function authorizationOf(
  { username, password, token }: z.infer<typeof httpEndpointSchema>,
  variables: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  if (token !== undefined) return `Bearer ${await readSecret(token, variables)}`;
  if (username === undefined || password === undefined) return undefined;
  return `Basic ${Buffer.from(`${username}:${await readSecret(password, variables)}`).toString('base64')}`;
}
