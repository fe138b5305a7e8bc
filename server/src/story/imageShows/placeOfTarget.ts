import { type BodyRegion, bodyRegions } from '#contract/bodyRegions.js';
import { familyOf } from '../../segmenter/packages/families.js';
import type { FieldOfViewManifest } from '../../segmenter/packages/fieldOfViewPackage.js';
import type { ModelPackage } from '../../segmenter/packages/modelPackage.js';
import type { Concept } from '../../values/concept.js';
import { type HeightRange, hullOf } from '../../values/heights.js';
import type { Target } from '../../values/target.js';

/** The regions of the finder's manifest that a model for a region of the body is made for; limbs reach anywhere. */
const partsOf: Readonly<Record<BodyRegion, readonly string[] | undefined>> = {
  head: ['head'],
  neck: ['neck'],
  trunk: ['chest', 'abdomen', 'pelvis', 'thigh'],
  limbs: undefined,
};

/** The regions of the body that regions of the finder's manifest are part of. */
export const bodyRegionsOf = (names: readonly string[]): readonly BodyRegion[] =>
  bodyRegions.filter((region) => partsOf[region]?.some((part) => names.includes(part)));

/**
 * Between which heights a target is in nine of ten bodies: by its code, else by those of the model's targets that it is
 * the union of, else by the regions that the model is made for. Undefined if it can be anywhere.
 *
 * Of a lesion or vessel, by the code of the region that it is in.
 */
export function placeOfTarget(
  { id, concept, freeText }: Pick<Target, 'id' | 'concept' | 'freeText'>,
  { manifest, vocabulary }: Pick<ModelPackage, 'manifest' | 'vocabulary'>,
  finder: FieldOfViewManifest,
): HeightRange | undefined {
  if (freeText !== undefined) return undefined;
  const known = byCode(concept, finder);
  if (known !== undefined) return known;
  const members = familyOf(manifest).membersOf?.(manifest, id) ?? [];
  const ofMembers = members.map((member) => {
    const own = vocabulary.targets.find((target) => target.id === member);
    return own && byCode(own.concept, finder);
  });
  return around(ofMembers) ?? placeOfModel(manifest.bodyRegions, finder);
}

function byCode(
  { type, anatomicRegion = type }: Pick<Concept, 'type' | 'anatomicRegion'>,
  { structures }: Pick<FieldOfViewManifest, 'structures'>,
): HeightRange | undefined {
  return anatomicRegion.scheme === 'SCT' ? structures.find(({ code }) => code === anatomicRegion.value) : undefined;
}

function placeOfModel(
  bodyRegions: readonly BodyRegion[] | undefined,
  { regions }: FieldOfViewManifest,
): HeightRange | undefined {
  const parts = (bodyRegions ?? []).flatMap(
    (region): readonly (string | undefined)[] => partsOf[region] ?? [undefined],
  );
  return around(parts.map((part) => regions.find(({ name }) => name === part)));
}

/** The range that contains all; undefined if there is none, or one can be anywhere. */
function around(ranges: readonly (HeightRange | undefined)[]): HeightRange | undefined {
  const known = ranges.filter((range) => range !== undefined);
  if (known.length === 0 || known.length < ranges.length) return undefined;
  return hullOf(known);
}
