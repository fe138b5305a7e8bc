import type { Caution } from '../../../../server/contract/caution.js';
import type { TargetView } from '../../../../server/contract/finding.js';
import { germanNameOf, germanNames } from '../../../../server/contract/germanNames.js';
import { cautionInGerman, isCautionCode } from './cautionsGerman.js';
import { contradictionInGerman } from './contradictionsGerman.js';
import { germanErrors } from './errorsGerman.js';
import { phraseInGerman } from './phrasesGerman.js';

type Members = Readonly<Record<string, unknown>>;

/**
 * JSON of the server with German names for the structures in it, German titles and next steps for its errors, and in
 * German how far a job is, which stacks a series holds and where a text contradicts it. What has no German name keeps
 * its own; sentences about the single case stay English.
 */
export function inGerman<Value>(value: Value): Value {
  return translated(value) as Value;
}

function translated(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(translated);
  if (typeof value !== 'object' || value === null) return value;
  const members: Members = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, translated(each)]));
  if (isTarget(members)) return { ...members, name: germanNameOf(members) ?? members.name };
  if (isCaution(members)) return { ...members, text: cautionInGerman(members) };
  if (isProblem(members)) {
    return {
      ...members,
      detail: sentenceOf(members.code, members.detail),
      nextStep: germanErrors[members.code][1],
    };
  }
  if (isFailedAttempt(members)) return { ...members, reason: sentenceOf(members.code, members.reason) };
  if (typeof members.description === 'string' && typeof members.images === 'number')
    return { ...members, description: phraseInGerman(members.description) };
  if (isObject(members.progress) && typeof members.progress.message === 'string')
    return { ...members, progress: { ...members.progress, message: phraseInGerman(members.progress.message) } };
  if (typeof members.contradiction === 'string')
    return { ...members, contradiction: contradictionInGerman(members.contradiction) };
  if (Array.isArray(members.examples)) return { ...members, examples: members.examples.map(exampleInGerman) };
  return isListed(members) ? withGermanName(members) : members;
}

/** Of the examples that a model gives (server/src/prompts/exampleNames.ts); others stay as they are. */
const examples: Readonly<Record<string, string>> = {
  'left hippocampus': 'linker Hippocampus',
  ventricles: 'Ventrikel',
  'left lung': 'linke Lunge',
  bone: 'Knochen',
  'left kidney': 'linke Niere',
  liver: 'Leber',
  spleen: 'Milz',
  prostate: 'Prostata',
  'left femur': 'linker Femur',
  tumour: 'Tumor',
};
const exampleInGerman = (example: unknown): unknown => examples[String(example)] ?? example;

const isTarget = (members: Members): members is Members & TargetView =>
  typeof members.name === 'string' && 'displayColour' in members && isObject(members.code) && 'value' in members.code;

const isCaution = (members: Members): members is Members & Caution =>
  typeof members.text === 'string' && isCautionCode(members.code);

interface CodedProblem {
  readonly code: keyof typeof germanErrors;
  readonly detail: string;
}
const isProblem = (members: Members): members is Members & CodedProblem =>
  typeof members.detail === 'string' && isErrorCode(members.code);
type FailedAttempt = { readonly code: keyof typeof germanErrors; readonly reason: string };
const isFailedAttempt = (members: Members): members is Members & FailedAttempt =>
  typeof members.reason === 'string' && typeof members.at === 'string' && isErrorCode(members.code);
const isErrorCode = (code: unknown): code is keyof typeof germanErrors =>
  typeof code === 'string' && Object.hasOwn(germanErrors, code);

const sentenceOf = (code: keyof typeof germanErrors, detail: string): string => `${germanErrors[code][0]}. (${detail})`;

/** A suggestion, a measured structure, or a structure with its sides, which has synonyms too. */
interface Listed {
  readonly name: string;
  readonly also?: unknown;
  readonly targets: readonly TargetView[];
  readonly synonyms?: readonly string[];
}
const isListed = (members: Members): members is Members & Listed =>
  typeof members.name === 'string' && Array.isArray(members.targets);

/** Named as its one target is, or as all sides of it are without their side. */
function withGermanName({ also, ...listed }: Members & Listed): Members {
  const { name, targets, synonyms } = listed;
  const codes = new Set(targets.map(({ code }) => code.value));
  const [first] = targets;
  const own = first && germanNameOf(synonyms === undefined && targets.length === 1 ? first : withoutSide(first));
  if (own === undefined || codes.size > 1) return { ...listed, ...(also !== undefined && { also }) };
  if (synonyms === undefined) return { ...listed, name: own, ...(also !== own && also !== undefined && { also }) };
  return { ...listed, name: own, synonyms: [...(germanNames.get(first!.code.value) ?? []), name, ...synonyms] };
}

const withoutSide = ({ laterality: _, ...target }: TargetView): TargetView => target;
const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null;
