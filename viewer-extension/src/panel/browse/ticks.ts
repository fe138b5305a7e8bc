import type { Structure } from '../../../../server/contract/structures.js';
import { quoteName } from '../ask/promptParts.js';
import { addPrompts, type Question, removePrompt } from '../ask/question.js';

/** Whether a structure is asked for: all of it, some of its sides, or none. */
export type Tick = 'all' | 'some' | 'none';

/** Names of what is asked for as chips, to compare with. */
export const askedNames = ({ prompts }: Pick<Question, 'prompts'>): ReadonlySet<string> =>
  new Set(prompts.map(({ text }) => bare(text)));

const bare = (text: string): string => text.replaceAll('"', '').trim().toLowerCase();

export const isAsked = (name: string, asked: ReadonlySet<string>): boolean => asked.has(bare(name));

/** The names that ask for all of a structure: its own where a model has it whole, otherwise those of its sides. */
function wholeNames({ targets }: Pick<Structure, 'targets'>): readonly string[] {
  const whole = targets.find(({ laterality }) => laterality === undefined || laterality === 'both');
  return whole === undefined ? targets.map(({ name }) => name) : [whole.name];
}

export function tickOf(structure: Pick<Structure, 'targets'>, asked: ReadonlySet<string>): Tick {
  if (wholeNames(structure).every((name) => isAsked(name, asked))) return 'all';
  return structure.targets.some(({ name }) => isAsked(name, asked)) ? 'some' : 'none';
}

/** Asks for all of some structures, or for nothing of them. */
export function setTicks(
  question: Question,
  structures: readonly Pick<Structure, 'targets'>[],
  ticked: boolean,
): Question {
  return structures.reduce((now, structure) => {
    const without = removeNames(
      now,
      structure.targets.map(({ name }) => name),
    );
    return ticked ? addPrompts(without, wholeNames(structure).map(quoteName)) : without;
  }, question);
}

/** Asks for one side more, or less; a whole that is asked for is taken apart first. */
export function setSide(
  question: Question,
  structure: Pick<Structure, 'targets'>,
  name: string,
  ticked: boolean,
): Question {
  if (ticked) return addPrompts(question, [quoteName(name)]);
  const names = structure.targets.map((target) => target.name);
  const hasWhole = !wholeNames(structure).includes(name) && tickOf(structure, askedNames(question)) === 'all';
  if (!hasWhole) return removeNames(question, [name]);
  const others = structure.targets.filter(
    (target) => target.name !== name && (target.laterality === 'left' || target.laterality === 'right'),
  );
  return addPrompts(
    removeNames(question, names),
    others.map((target) => quoteName(target.name)),
  );
}

function removeNames(question: Question, names: readonly string[]): Question {
  const gone = new Set(names.map(bare));
  return question.prompts
    .filter(({ text }) => gone.has(bare(text)))
    .reduce((now, { key }) => removePrompt(now, key), question);
}

/** The structures whose names, or names of sides, hold all words of a text, in any order. */
export function matchStructures<Each extends Pick<Structure, 'name' | 'synonyms' | 'targets'>>(
  structures: readonly Each[],
  query: string,
): readonly Each[] {
  const words = fold(query)
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return structures;
  return structures.filter((structure) =>
    namesOf(structure).some((name) => words.every((word) => fold(name).includes(word))),
  );
}

/** The synonym that a text fits where the name itself does not. */
export function fittingSynonym(
  { name, synonyms, targets }: Pick<Structure, 'name' | 'synonyms' | 'targets'>,
  query: string,
): string | undefined {
  if (query.trim() === '' || matchStructures([{ name, synonyms: [], targets }], query).length > 0) return undefined;
  return synonyms.find((synonym) => matchStructures([{ name: synonym, synonyms: [], targets: [] }], query).length > 0);
}

const namesOf = ({ name, synonyms, targets }: Pick<Structure, 'name' | 'synonyms' | 'targets'>): readonly string[] => [
  name,
  ...targets.map((target) => target.name),
  ...synonyms,
];

/** Without case and accents: "Mäander" and "maander" are one. */
const fold = (text: string): string => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
