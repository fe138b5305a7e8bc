import { type AttributeSource, Dataset } from '../dicom/dataset.js';
import type { InstanceHeader } from '../dicom/instanceHeader.js';
import { PromptsegError } from '../platform/errors.js';
import { belongsInMacro, countsIn, isPrivate, unassignedAttributes } from './functionalGroupMacros.js';

const sharedFunctionalGroupsSequence = 'x52009229';
const perFrameFunctionalGroupsSequence = 'x52009230';
/**
 * The one sequence within a macro (MR Diffusion, PS3.3 section C.8.13.5.9) with the attributes that separate frames.
 */
const diffusionGradientDirectionSequence = 'x00189076';

/** A dynamic enhanced MR of 300 time points of 60 slices has 18,000. */
const maximumFrames = 2 ** 16;

/**
 * A view of each frame of a multi-frame instance, in order. It finds an attribute in the macros of the frame's own
 * functional groups, else in the shared ones, else in the instance itself (PS3.3 section C.7.6.16), so that readers of
 * Image Position (Patient) or Rescale Slope need not know which kind of image it is. Each attribute counts only in the
 * macro that the standard defines for it, and private sequences yield private attributes only. Attributes that a legacy
 * conversion could not assign to a macro (Unassigned Shared and Per-Frame Converted Attributes) come last.
 * @throws PromptsegError `instance-unreadable` if the numbers of functional groups and frames differ; `image-too-large`
 * if there are absurdly many
 */
export function frameDatasets(instance: InstanceHeader): readonly Dataset[] {
  const { numberOfFrames } = instance;
  if (numberOfFrames > maximumFrames) {
    throw new PromptsegError(
      'image-too-large',
      `An image of the series holds ${numberOfFrames} frames; the limit is ${maximumFrames}.`,
      { details: { frames: numberOfFrames, limit: maximumFrames } },
    );
  }
  const perFrame = instance.items(perFrameFunctionalGroupsSequence);
  if (perFrame.length !== numberOfFrames) {
    throw new PromptsegError(
      'instance-unreadable',
      `An image of the series holds ${numberOfFrames} frames but describes ${perFrame.length} of them.`,
      { details: { sopInstanceUID: instance.sopInstanceUID } },
    );
  }
  const shared = holdersOf(instance.items(sharedFunctionalGroupsSequence)[0]);
  return perFrame.map((groups) => {
    const own = holdersOf(groups);
    return new Dataset(instance.source, [own.macros, shared.macros, own.unassigned, shared.unassigned]);
  });
}

/** The dataset that holds a tag with a value. */
type Holders = ReadonlyMap<string, AttributeSource>;

/**
 * Indexed by the macros of a functional groups item; the sequence of a macro itself is held by the item. Of macros with
 * several items the first is read.
 */
function holdersOf(groups: Dataset | undefined): { readonly macros: Holders; readonly unassigned: Holders } {
  const macros = new Map<string, AttributeSource>();
  const unassigned = new Map<string, AttributeSource>();
  if (groups === undefined) return { macros, unassigned };
  const { source } = groups;
  for (const sequence of source.tags()) {
    const [item] = source.items(sequence);
    if (item === undefined) continue;
    if (unassignedAttributes.has(sequence)) addAll(unassigned, item, () => true);
    else addAll(macros, item, (tag) => countsIn(sequence, tag));
  }
  for (const tag of source.tags())
    if (!isPrivate(tag) && !belongsInMacro(tag) && !macros.has(tag)) macros.set(tag, source);
  return { macros, unassigned };
}

function addAll(holders: Map<string, AttributeSource>, item: AttributeSource, counts: (tag: string) => boolean): void {
  for (const tag of item.tags()) {
    if (item.size(tag) !== 0 && counts(tag) && !holders.has(tag)) holders.set(tag, item);
    if (tag !== diffusionGradientDirectionSequence) continue;
    for (const direction of item.items(tag).slice(0, 1)) addAll(holders, direction, counts);
  }
}
