import { readFile } from 'node:fs/promises';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { PromptsegError } from './errors.js';

/**
 * A settings file in YAML or JSON (which YAML includes), checked against its schema.
 * @param what the file in words, for the message: "destinations"
 * @throws PromptsegError `settings-file-invalid` with every position and reason in its details (`problems`: line,
 * column, field, message)
 */
export async function readSettingsFile<T>(file: string, schema: z.ZodType<T>, what: string): Promise<T> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new PromptsegError('settings-file-invalid', `The file with the ${what} cannot be read (${code}).`, { cause });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined) throw invalid(what, [{ ...placeAt(lines, broken.pos[0]), message: broken.message }]);
  const parsed = schema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  throw invalid(
    what,
    parsed.error.issues.map((issue) => {
      const field = issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
      // "Invalid key in record" does not say why it is invalid.
      const isOfKey = issue.code === 'invalid_key' || issue.code === 'unrecognized_keys';
      const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
      const offset = (isOfKey ? offsetOfKey(field) : undefined) ?? offsetOf(field);
      return { ...placeAt(lines, offset), field: field.join('.'), message };
    }),
  );

  /** Position of the field, or of the nearest one around it if it is missing. */
  function offsetOf(field: readonly PropertyKey[]): number {
    for (let depth = field.length; depth > 0; depth--) {
      const node = document.getIn(field.slice(0, depth), true) as { range?: readonly number[] } | undefined;
      if (node?.range !== undefined) return node.range[0] ?? 0;
    }
    return 0;
  }

  /** Position of the key itself: its value may begin on another line. */
  function offsetOfKey(field: readonly PropertyKey[]): number | undefined {
    const around = document.getIn(field.slice(0, -1), true);
    const pair = isMap(around)
      ? around.items.find(({ key }) => isScalar(key) && key.value === field.at(-1))
      : undefined;
    return isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
  }
}

interface Place {
  readonly line: number;
  readonly column: number;
}

function placeAt(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

function invalid(
  what: string,
  problems: readonly (Place & { readonly field?: string; readonly message: string })[],
): PromptsegError {
  const [{ line, column, field, message } = { line: 1, column: 1, message: 'it is empty' }] = problems;
  return new PromptsegError(
    'settings-file-invalid',
    `The file with the ${what} is not valid, line ${line}, column ${column}: ${field ? `${field}: ` : ''}${message}`,
    { details: { problems } },
  );
}

/** Location of a secret: settings files name it and never contain it. */
export const secretSchema = z
  .strictObject({
    /** Name of an environment variable. */
    environment: z.string().min(1).optional(),
    /** A file with nothing else, such as a Docker or Kubernetes secret. */
    file: z.string().min(1).optional(),
  })
  .refine(({ environment, file }) => (environment === undefined) !== (file === undefined), {
    message: 'must be either an environment variable or a file',
  });
export type SecretSource = z.infer<typeof secretSchema>;

/**
 * @throws PromptsegError `settings-file-invalid` if it is not there; the message names its location, never the secret
 */
export async function readSecret(
  { environment, file }: SecretSource,
  variables: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const secret =
    environment === undefined
      ? await readFile(file ?? '', 'utf8').then(
          (text) => text.trim(),
          () => '',
        )
      : (variables[environment] ?? '');
  if (secret !== '') return secret;
  const place = environment === undefined ? 'in its file' : `in the environment variable ${environment}`;
  throw new PromptsegError('settings-file-invalid', `A secret named in the settings is not ${place}.`);
}
