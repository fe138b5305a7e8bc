import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { parseSync } from '@swc/core';

const source = path.resolve(import.meta.dirname, '../..');

/** Tables of texts, by language. */
const isTable = /((english|german)|pageStrings)\.ts$/i;
/** Attributes that a reader sees or hears. */
const read: ReadonlySet<string> = new Set(['alt', 'aria-label', 'aria-description', 'label', 'placeholder', 'title']);
/** Names that are the same in every language. */
const names: ReadonlySet<string> = new Set(['Dice', 'mL', 'mm', 'px']);

interface Node {
  readonly type?: string;
  readonly value?: unknown;
  readonly [member: string]: unknown;
}

/** A message for readers begins with a capital; one for programmers does not, and is never shown. */
const messageIn = (node: Node | undefined): unknown =>
  node?.type === 'StringLiteral' && /^\p{Lu}/u.test(node.value as string) ? node.value : undefined;

/** Texts of a file that a reader would see in one language only. */
function hardCoded(code: string, tsx: boolean): string[] {
  const found: string[] = [];
  const note = (text: unknown): void => {
    if (typeof text !== 'string') return;
    const words = text.replaceAll(/&\w+;/g, '').trim();
    if (/\p{L}{2}/u.test(words) && !names.has(words)) found.push(words);
  };
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const each of node) visit(each);
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
    const { type, ...members } = node as Node;
    if (type === 'JSXText') note(members.value);
    else if (type === 'JSXAttribute' && read.has((members.name as Node).value as string))
      note((members.value as Node | null)?.value);
    else if (type === 'NewExpression' && /Error$/.test(String((members.callee as Node).value)))
      note(messageIn((members.arguments as { readonly expression: Node }[])[0]?.expression));
    else if (type === 'StringLiteral' && /^\p{Lu}\p{Ll}* .*[.…?!]$/u.test(members.value as string)) note(members.value);
    else if (type === 'TemplateElement' && /\p{Ll} \p{Ll}+ .*[.…?!]$/u.test(String(members.cooked)))
      note(members.cooked);
    for (const member of Object.values(members)) visit(member);
  };
  visit(parseSync(code, { syntax: 'typescript', tsx, target: 'es2022' }).body);
  return [...new Set(found)];
}

it('no part of the panel or of a page has a text that is not in the tables of languages', () => {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.tsx?$/.test(file) && !/\.test\.|\.d\.ts$|^testing\//.test(file) && !isTable.test(file),
  );
  expect(files.length).toBeGreaterThan(150);
  expect(
    files.flatMap((file) =>
      hardCoded(readFileSync(path.join(source, file), 'utf8'), file.endsWith('x')).map((text) => `${file}: ${text}`),
    ),
  ).toEqual([]);
});

it('a text that is hard-coded is found', () => {
  expect(
    hardCoded(
      `
      const a = <p title="A hint">Two words {count} of <b>them</b></p>;
      const b = <img alt={strings.alt} className="one two" />;
      throw new ApiError('It is gone');
      throw new Error('a hook outside of its part');
      const c = ['M 1 2 L 3 4', 'promptseg-result open', 'Nothing was stored.'];
      say(\`\${name} was not stored.\`);`,
      true,
    ),
  ).toEqual(['A hint', 'Two words', 'of', 'them', 'It is gone', 'Nothing was stored.', 'was not stored.']);
});
