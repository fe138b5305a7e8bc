import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { createProgram } from './program.js';

const program = await createProgram();

/** All commands below this one, with the words that they are called by. */
const commandsOf = (command: Command, words: readonly string[] = []): (readonly [words: string, command: Command])[] =>
  command.commands.flatMap((each) => {
    const name = [...words, each.name()];
    return [[name.join(' '), each] as const, ...commandsOf(each, name)];
  });

const helpOf = (command: Command): string => {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text;
};

describe('the command line', () => {
  const commands = commandsOf(program);

  it.each(commands)('shows how to type `promptseg %s` in its help', (words, command) => {
    expect(helpOf(command)).toMatch(new RegExp(`\\nExamples?:\\n(  .*\\n)*?  npx promptseg ${words}\\b`));
  });

  // Those left out run until they are stopped, or print one sentence.
  const giving = commands.filter(
    ([words, { commands: below }]) =>
      below.length === 0 &&
      !['serve', 'worker', 'demo', 'viewer', 'mcp', 'models sign', 'models verify'].includes(words),
  );
  it.each(giving)('prints JSON for programs: `promptseg %s --json`', (_, { options }) => {
    expect(options.map(({ long }) => long)).toContain('--json');
  });

  it.each(program.commands.map((command) => command.name()))(
    'loads `promptseg %s` without the others',
    async (name) => {
      const alone = await createProgram(name);
      expect(alone.commands.map((command) => command.name())).toContain(name);
      expect(alone.commands.length).toBeLessThanOrEqual(2);
      const [one, among] = [alone, program].map(({ commands }) => commands.find((each) => each.name() === name)!);
      expect(helpOf(one!)).toBe(helpOf(among!));
    },
  );

  it('loads all commands for a word that is none', async () => {
    expect((await createProgram('segmnt')).commands).toHaveLength(program.commands.length);
  });

  it('has the version of the package', () => {
    const file = path.resolve(import.meta.dirname, '../../package.json');
    expect(program.version()).toBe(JSON.parse(readFileSync(file, 'utf8')).version);
  });
});
