/** Body parts as rules name them; chest, abdomen and pelvis are parts of the trunk. */
export const bodyParts = ['head', 'neck', 'chest', 'abdomen', 'pelvis', 'trunk', 'limbs'] as const;
export type BodyPartName = (typeof bodyParts)[number];

/** Attributes that Promptseg derives from a series, with their values: a number, true or false, or one of a list. */
export const derivedKinds = {
  numberOfImages: 'number',
  sliceSpacing: 'number',
  sliceThickness: 'number',
  is3D: 'boolean',
  isPrimary: 'boolean',
  isAxial: 'boolean',
  bodyPart: bodyParts,
  isDerived: 'boolean',
  isSecondaryCapture: 'boolean',
} as const;

export type DerivedName = keyof typeof derivedKinds;
export const derivedNames = Object.keys(derivedKinds) as [DerivedName, ...DerivedName[]];

/** The derived attributes of one series; those that its headers do not provide are absent. */
export interface DerivedAttributes {
  /** Instances, or frames of multi-frame instances; 0 if the objects contain no images. */
  readonly numberOfImages: number;
  /** Distance between neighbouring slices along their normal, mm; the median if it varies. */
  readonly sliceSpacing?: number;
  /** Slice Thickness (0018,0050), mm; the median if it varies. */
  readonly sliceThickness?: number;
  /**
   * The series has a stack of at least ten evenly spaced slices; if an MR series states its acquisition type
   * (0018,0023), it must be 3D.
   */
  readonly is3D: boolean;
  /**
   * Value 2 of Image Type (0008,0008) is PRIMARY in most images (PS3.3 section C.7.6.1.1.2): acquired in the
   * examination.
   */
  readonly isPrimary?: boolean;
  /** Transverse slices: their normal is within 45° of the axis from feet to head. */
  readonly isAxial?: boolean;
  /**
   * The parts named by Body Part Examined (0018,0015), or else by Series Description, or else by Study Description. A
   * part of the trunk also adds `trunk`.
   */
  readonly bodyPart?: readonly BodyPartName[];
  /** Value 1 of Image Type is DERIVED in most images: computed from other images. */
  readonly isDerived?: boolean;
  /** Secondary captures: screenshots, scanned pages, pictures of reports. */
  readonly isSecondaryCapture: boolean;
}
