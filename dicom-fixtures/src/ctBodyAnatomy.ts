/**
 * A stylised torso as a function of position in the patient: the material at a point in LPS mm.
 *
 * The body is an elliptical cylinder around the z axis, 330 × 220 mm, from z = -200 (pelvis) to 200 mm (shoulders),
 * surrounded by air. x grows to the patient's left, y to the back, z to the head. Only +, -, ×, ÷ and floor are used,
 * so every machine computes the same anatomy.
 */

// Looked up once: Jest's VM contexts make each look-up of the global Math slow (14 s instead of 3 s for the demo
// phantom).
const { abs, floor, max, min } = Math;

/** The regions; the position in this list is the label in a truth volume. */
export const regionNames = [
  'outside air',
  'fat',
  'soft tissue',
  'bone',
  'left lung',
  'right lung',
  'airways',
  'other air',
  'dense',
  'table',
] as const;

export type RegionName = (typeof regionNames)[number];

export interface Material {
  readonly region: RegionName;
  /** Mean value in Hounsfield units, before noise. */
  readonly hounsfieldUnits: number;
}

const materials = {
  outsideAir: { region: 'outside air', hounsfieldUnits: -1000 },
  fat: { region: 'fat', hounsfieldUnits: -100 },
  muscle: { region: 'soft tissue', hounsfieldUnits: 40 },
  liver: { region: 'soft tissue', hounsfieldUnits: 60 },
  disc: { region: 'soft tissue', hounsfieldUnits: 80 },
  trabecularBone: { region: 'bone', hounsfieldUnits: 350 },
  corticalBone: { region: 'bone', hounsfieldUnits: 900 },
  leftLung: { region: 'left lung', hounsfieldUnits: -850 },
  rightLung: { region: 'right lung', hounsfieldUnits: -850 },
  airway: { region: 'airways', hounsfieldUnits: -1000 },
  bowelGas: { region: 'other air', hounsfieldUnits: -950 },
  metal: { region: 'dense', hounsfieldUnits: 3000 },
  tableSurface: { region: 'table', hounsfieldUnits: 150 },
  tableCore: { region: 'table', hounsfieldUnits: -150 },
} as const satisfies Record<string, Material>;

type Point = readonly [x: number, y: number, z: number];

/** The material at a point in LPS mm. */
export function materialAt([x, y, z]: Point): Material {
  if (z < -200 || z > 200) return materials.outsideAir;
  if (!insideEllipse(x, y, 165, 110)) return table(x, y);
  return metal(x, y, z) ?? airway(x, y, z) ?? skeleton(x, y, z) ?? lung(x, y, z) ?? abdomen(x, y, z);
}

/** A thin flat plate 4 mm below the back: 2 mm of shell around a light core. */
function table(x: number, y: number): Material {
  if (abs(x) > 180 || y < 114 || y > 124) return materials.outsideAir;
  return y < 116 || y > 122 || abs(x) > 178 ? materials.tableSurface : materials.tableCore;
}

/** A metal pin in the left hip bone, 60 mm long, 8 mm thick. */
function metal(x: number, y: number, z: number): Material | undefined {
  return insideEllipse(x - 85, y - 15, 4, 4) && z > -190 && z < -130 ? materials.metal : undefined;
}

/** Trachea, from the top of the body, and both main bronchi, which end within the lungs. */
function airway(x: number, y: number, z: number): Material | undefined {
  const trachea = insideEllipse(x, y - 12, 9, 9) && z >= 90;
  const inside =
    trachea ||
    nearSegment([x, y, z], [0, 12, 92], [-48, 8, 62], 7) ||
    nearSegment([x, y, z], [0, 12, 92], [52, 8, 62], 6);
  return inside ? materials.airway : undefined;
}

function skeleton(x: number, y: number, z: number): Material | undefined {
  return spine(x, y, z) ?? ribCage(x, y, z) ?? hipBone(x, y, z);
}

/** Vertebral bodies of 22 mm with discs of 6 mm between them, and a continuous arch around the spinal canal. */
function spine(x: number, y: number, z: number): Material | undefined {
  if (insideEllipse(x, y - 48, 20, 16)) {
    if (fraction((z + 200) / 28) >= 22 / 28) return materials.disc;
    return insideEllipse(x, y - 48, 17, 13) ? materials.trabecularBone : materials.corticalBone;
  }
  if (insideEllipse(x, y - 72, 8, 8)) return undefined;
  const arch = insideEllipse(x, y - 72, 13, 13) || (abs(x) < 5 && y > 80 && y < 92);
  return arch ? materials.corticalBone : undefined;
}

/** Oblique ribs in a shell around the chest, and a sternum in front. */
function ribCage(x: number, y: number, z: number): Material | undefined {
  if (z < -20 || z > 195) return undefined;
  if (abs(x) < 18) return y > -86 && y < -76 && z > 20 ? materials.trabecularBone : undefined;
  const inShell = insideEllipse(x, y, 143, 88) && !insideEllipse(x, y, 134, 80);
  return inShell && fraction((z + 0.4 * y + 400) / 27) < 0.35 ? materials.corticalBone : undefined;
}

function hipBone(x: number, y: number, z: number): Material | undefined {
  const side = abs(x) - 85;
  if (!insideEllipsoid(side, y - 15, z + 170, 32, 22, 55)) return undefined;
  return insideEllipsoid(side, y - 15, z + 170, 29, 19, 52) ? materials.trabecularBone : materials.corticalBone;
}

/** The left lung is smaller than the right one, because of the heart. */
function lung(x: number, y: number, z: number): Material | undefined {
  if (!insideEllipse(x, y, 130, 76)) return undefined;
  if (insideEllipsoid(x + 76, y + 2, z - 80, 52, 68, 105)) return materials.rightLung;
  const heart = insideEllipsoid(x - 25, y + 25, z - 25, 50, 42, 52);
  if (!heart && insideEllipsoid(x - 74, y + 2, z - 85, 46, 62, 95)) return materials.leftLung;
  return undefined;
}

/** Liver, two pockets of bowel gas, and muscle within a layer of fat of about 15 mm. */
function abdomen(x: number, y: number, z: number): Material {
  if (insideEllipsoid(x - 35, y + 45, z + 110, 28, 20, 22)) return materials.bowelGas;
  if (insideEllipsoid(x + 55, y + 30, z + 140, 15, 12, 25)) return materials.bowelGas;
  if (!insideEllipse(x, y, 150, 95)) return materials.fat;
  return insideEllipsoid(x + 62, y + 12, z + 55, 68, 62, 50) ? materials.liver : materials.muscle;
}

const insideEllipse = (x: number, y: number, a: number, b: number): boolean =>
  (x * x) / (a * a) + (y * y) / (b * b) <= 1;

const insideEllipsoid = (x: number, y: number, z: number, a: number, b: number, c: number): boolean =>
  (x * x) / (a * a) + (y * y) / (b * b) + (z * z) / (c * c) <= 1;

const fraction = (value: number): number => value - floor(value);

/** Whether a point is at most `radius` from the line segment between two points. */
function nearSegment([x, y, z]: Point, [ax, ay, az]: Point, [bx, by, bz]: Point, radius: number): boolean {
  const [dx, dy, dz] = [bx - ax, by - ay, bz - az];
  const along = ((x - ax) * dx + (y - ay) * dy + (z - az) * dz) / (dx * dx + dy * dy + dz * dz);
  const t = min(1, max(0, along));
  const [ex, ey, ez] = [x - ax - t * dx, y - ay - t * dy, z - az - t * dz];
  return ex * ex + ey * ey + ez * ez <= radius * radius;
}
