/**
 * The macro of the functional groups in which an attribute belongs (PS3.3 section C.7.6.16.2 and the macros of the
 * IODs), for attributes that state where a frame is, what its values mean and what separates it from others.
 * Manufacturers repeat such tags in private sequences and elsewhere, with other values.
 */
const macros: Readonly<Record<string, readonly string[]>> = {
  // Plane Position, Plane Orientation
  x00209113: ['x00200032'],
  x00209116: ['x00200037'],
  // Pixel Measures: Pixel Spacing, Slice Thickness, Spacing Between Slices
  x00289110: ['x00280030', 'x00180050', 'x00180088'],
  // Pixel Value Transformation: Rescale Intercept, Slope, Type
  x00289145: ['x00281052', 'x00281053', 'x00281054'],
  // Frame VOI LUT: Window Center, Width, Function
  x00289132: ['x00281050', 'x00281051', 'x00281056'],
  // Frame Content: Acquisition Date Time, Stack ID, In-Stack Position, Temporal Position, Acquisition Number, Dimension
  // Index Values
  x00209111: ['x00189074', 'x00209056', 'x00209057', 'x00209128', 'x00209156', 'x00209157'],
  // MR Echo, Modifier, Timing, Diffusion, Arterial Spin Labeling
  x00189114: ['x00189082'],
  x00189115: ['x00189079'],
  x00189112: ['x00181314'],
  x00189117: ['x00189087', 'x00189089'],
  x00189251: ['x00189257'],
  // Cardiac and Respiratory Synchronization
  x00189118: ['x00209241', 'x00209153'],
  x00209253: ['x00209245'],
  // CT X-Ray Details, CT Reconstruction
  x00189325: ['x00180060'],
  x00189314: ['x00181210'],
};

const homes: ReadonlyMap<string, string> = new Map(
  Object.entries(macros).flatMap(([macro, tags]) => tags.map((tag) => [tag, macro] as const)),
);

/**
 * Unassigned Shared and Per-Frame Converted Attributes: what a legacy converted image has no macro for (PS3.3 sections
 * C.7.6.16.2.25, .26).
 */
export const unassignedAttributes: ReadonlySet<string> = new Set(['x00209170', 'x00209171']);

/** Whether an attribute counts in this sequence of a functional groups item. */
export function countsIn(sequence: string, tag: string): boolean {
  if (isPrivate(sequence)) return isPrivate(tag);
  return (homes.get(tag) ?? sequence) === sequence;
}

/** Whether the standard has a macro for an attribute, outside of which it does not count. */
export const belongsInMacro = (tag: string): boolean => homes.has(tag);

export const isPrivate = (tag: string): boolean => Number.parseInt(tag.slice(4, 5), 16) % 2 === 1;
