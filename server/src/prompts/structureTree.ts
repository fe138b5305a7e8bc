import { type Structure, type StructureRegion, structureRegions } from '#contract/structures.js';
import { viewTarget } from '../values/viewTarget.js';
import type { Vocabulary, VocabularyTarget } from '../values/vocabulary.js';
import { regionOfConcept } from './regionOfTarget.js';

/** The structures that one model knows in the images in question. */
export interface KnownByModel {
  readonly model: string;
  readonly targets: readonly VocabularyTarget[];
  readonly groups: Vocabulary['groups'];
}

/** Structures of one region, by name. */
export interface StructuresOfRegion {
  readonly region: StructureRegion;
  readonly structures: Structure[];
}

const sideWords = /\b(left|right)\b\s*/i;
const sideOrder = ['both', undefined, 'left', 'right'] as const;

/**
 * All structures that some models know, by region. The sides of a structure are one entry, and so are structures of
 * several models with the same code. Regions without a structure are left out.
 */
export function structureTree(known: readonly KnownByModel[]): StructuresOfRegion[] {
  const entries = new Map<string, { region: StructureRegion; structure: Structure }>();
  for (const { model, targets, groups } of known)
    for (const target of targets) {
      const key = keyOf(target);
      const entry = entries.get(key) ?? {
        region: regionOfConcept(target.concept),
        structure: { name: nameOf(target), synonyms: [], targets: [], models: [] },
      };
      entries.set(key, entry);
      add(entry.structure, target, model, groups);
    }
  const all = [...entries.values()];
  return structureRegions.flatMap((region) => {
    const structures = all.filter((entry) => entry.region === region).map(({ structure }) => structure);
    return structures.length === 0 ? [] : [{ region, structures }];
  });
}

/** Equal for the sides of a structure, and for the same structure of two models. */
function keyOf({ name, concept: { type, anatomicRegion, laterality } }: VocabularyTarget): string {
  const sided = laterality === undefined ? name : name.replace(sideWords, '');
  return JSON.stringify([type.scheme, type.value, anatomicRegion?.value, sided.toLowerCase().replace(/s$/, '')]);
}

function nameOf({ name, concept: { laterality } }: VocabularyTarget): string {
  const bare = laterality === undefined ? name : name.replace(sideWords, '').trim();
  return bare.charAt(0).toUpperCase() + bare.slice(1);
}

function add(structure: Structure, target: VocabularyTarget, model: string, groups: Vocabulary['groups']): void {
  const { targets, synonyms, models } = structure;
  if (!models.includes(model)) models.push(model);
  const ofGroups = groups.filter(({ members }) => members.includes(target.id)).map(({ name }) => name);
  for (const name of [...target.synonyms, ...ofGroups]) if (!synonyms.includes(name)) synonyms.push(name);
  const side = target.concept.laterality;
  if (targets.some(({ laterality }) => laterality === side)) return;
  targets.push(viewTarget(target));
  targets.sort((a, b) => sideOrder.indexOf(a.laterality) - sideOrder.indexOf(b.laterality));
}
