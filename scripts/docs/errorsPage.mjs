import { STATUS_CODES } from 'node:http';

/** @typedef {{ status: number, title: string, transient: boolean, nextStep: string }} Entry */

const lineLength = 120;

/**
 * docs/integrate/errors.md: every error by its HTTP status.
 *
 * @param {Readonly<Record<string, Entry>>} table `server/contract/errorTable.ts`
 * @returns {string}
 */
export function errorsPage(table) {
  const statuses = [...new Set(Object.values(table).map(({ status }) => status))].sort((a, b) => a - b);
  const sections = statuses.map((status) => {
    const entries = Object.entries(table)
      .filter(([, entry]) => entry.status === status)
      .map(([code, entry]) => wrapped(itemOf(code, entry)));
    return `## ${status} ${STATUS_CODES[status]}\n\n${entries.join('\n')}\n`;
  });
  return `${introduction}\n${sections.join('\n')}`;
}

const introduction = `# Errors

A call that fails returns a problem (RFC 9457, \`application/problem+json\`): \`code\`, which never changes its meaning;
\`title\`; \`detail\`, what happened in this case; \`nextStep\`, what to do; \`transient\`, whether the same request may
succeed later; \`details\`, facts for programs. A failed job has the same under \`problem\`. None of it contains patient
data.

Errors marked with * are transient. This page is written by \`node scripts/errors-page.mjs\` from
\`server/contract/errorTable.ts\`.
`;

/**
 * @param {string} code
 * @param {Entry} entry
 * @returns {string}
 */
const itemOf = (code, { title, transient, nextStep }) => `- \`${code}\`${transient ? '*' : ''}: ${title}. ${nextStep}`;

/**
 * A list item in lines of at most 120 columns.
 *
 * @param {string} item
 * @returns {string}
 */
function wrapped(item) {
  const lines = [''];
  for (const word of item.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > lineLength) lines.push(`  ${word}`);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join('\n');
}
