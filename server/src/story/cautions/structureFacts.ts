/** Anatomical facts that hold for everybody, by the code of the structure's type (SNOMED CT), for cautions. */

const codes = (list: string): readonly string[] => list.trim().split(/\s+/);

/** Tissues and continuous structures that hardly any image shows as a whole. */
export const neverWhole: ReadonlySet<string> = new Set(
  // body, skin, soft tissue, fat, bone, gas, head, spinal cord, vertebra
  codes('38266002 39937001 87784001 55603005 3138006 74947009 69536005 2748008 51282000'),
);

/** Solid in everybody, and in one piece on each side. */
export const solid: ReadonlySet<string> = new Set(
  // liver, spleen, kidney, pancreas, brain stem, hippocampus, amygdala, thalamus, caudate nucleus, putamen, globus
  // pallidus, nucleus accumbens, ventral diencephalon
  codes(`10200004 78961009 64033007 15776009 119238007 5366008 4958002 42695009 11000004 89278009 14738005 427667007
    110700`),
);

/** In one piece on each side in everybody, though not solid. */
export const inOnePiece: ReadonlySet<string> = new Set([
  ...solid,
  // brain, intracranial contents, cerebrum, cerebral hemisphere, cerebellum, heart, lung, aorta, inferior vena cava
  ...codes('12738006 128319008 83678007 372073000 113305005 80891009 39607008 15825003 64131007'),
]);

/** No two of them overlap. */
export const apart: ReadonlySet<string> = new Set([
  ...solid,
  // lung, heart, aorta, inferior vena cava, cerebellum, femur, humerus, sacrum, vertebra, hip bone
  ...codes('39607008 80891009 15825003 64131007 113305005 71341001 85050009 54735007 51282000 HIP-BONE'),
]);

/** Left and right of the body's middle in everybody: lung, kidney, and the paired structures of the brain. */
export const besideTheMiddle: ReadonlySet<string> = new Set(
  codes('39607008 64033007 372073000 5366008 4958002 42695009 11000004 89278009 14738005 427667007'),
);

/** By the code of a part, the wholes that contain it. */
export const wholesOf: ReadonlyMap<string, readonly string[]> = new Map(
  (
    [
      ['12738006', '128319008'],
      ['83678007 113305005 119238007', '12738006 128319008'],
      ['372073000 68523003 40146001', '83678007 12738006 128319008'],
      ['33060004 25991003', '113305005 12738006 128319008'],
      ['5366008 4958002 42695009 11000004 427667007', '12738006 128319008'],
      ['89278009 14738005', '41648007 12738006 128319008'],
      ['66720007 49841001 35918002', '35764002 128319008'],
    ] as const
  ).flatMap(([parts, wholes]) => codes(parts).map((part) => [part, codes(wholes)] as const)),
);
