import type { Caution } from '#contract/caution.js';
import type { SeenVolume } from '../../segmenter/fieldOfView/lookAtVolume.js';
import type { FieldOfViewManifest } from '../../segmenter/packages/fieldOfViewPackage.js';
import { partsShown } from '../../values/bodyRegions.js';
import { overlap } from '../../values/heights.js';
import type { Volume } from '../../values/volume.js';
import { bodyWithConfidence, listed, shownRegions } from './describeShown.js';
import { otherModality } from './modalitySeen.js';
import { widened } from './whyNotShown.js';

const partsOfTrunk = ['chest', 'abdomen', 'pelvis'];

/** Cautions where the attributes of a volume contradict what it surely shows. */
export function againstAttributes(
  seen: SeenVolume,
  manifest: FieldOfViewManifest,
  { modality, header }: Pick<Volume, 'modality' | 'header'>,
): readonly Caution[] {
  return [
    ...ofBodyPart(seen, manifest, String(header.BodyPartExamined ?? '')),
    ...ofModality(seen, manifest, modality),
    ...ofOrientation(seen, manifest),
  ];
}

/** Body parts of arms and legs are not compared: an arm can be at any height. */
function ofBodyPart(seen: SeenVolume, manifest: FieldOfViewManifest, stated: string): Caution[] {
  const body = bodyWithConfidence(seen, manifest);
  const parts = partsShown(stated);
  if (body === undefined || parts === undefined || parts.includes('limbs')) return [];
  // Beside its parts, "trunk" says nothing more.
  const wanted: readonly string[] = parts.length === 1 && parts[0] === 'trunk' ? partsOfTrunk : parts;
  const ranges = manifest.regions.filter(({ name }) => wanted.includes(name));
  const shown = shownRegions(body, manifest).map(({ name }) => name);
  if (ranges.length === 0 || shown.length === 0 || ranges.some((range) => overlap(body, widened(range, body))))
    return [];
  const text = `By its Body Part Examined the series shows ${stated.trim()}, but the image shows ${listed(shown)}.`;
  return [{ code: 'other-body-part', text, stated: stated.trim(), shown }];
}

function ofModality(seen: SeenVolume, manifest: FieldOfViewManifest, stated: string): Caution[] {
  const shown = otherModality(seen, manifest, stated);
  if (shown === undefined) return [];
  const text = `The series is of modality ${stated}, but the image looks like ${shown}.`;
  return [{ code: 'other-modality', text, stated, shown }];
}

function ofOrientation(seen: SeenVolume, manifest: FieldOfViewManifest): Caution[] {
  const { orientation } = seen;
  if (orientation.status !== 'differs' || bodyWithConfidence(seen, manifest) === undefined) return [];
  const { head, front } = orientation;
  const text =
    head === 'feet' && front === 'front'
      ? 'The image is upside down: the head is where its attributes say the feet are. Left and right may be exchanged.'
      : head === 'head' && front === 'back'
        ? 'The image is back to front: its attributes say the back is in front. Left and right may be exchanged.'
        : `The image is turned: by its attributes, the head is at the ${head} and the front at the ${front}.`;
  return [{ code: 'turned', text, head, front }];
}
