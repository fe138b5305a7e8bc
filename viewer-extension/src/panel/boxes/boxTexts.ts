import { laterStrings } from '../../client/laterStrings.js';
import type { ActiveSeries, DrawnBox } from '../host.js';
import type { Boxing } from './boxStore.js';

const texts = laterStrings.box;

/** Why a box cannot be sent, whatever the server says. @param images the ones that are meant */
export function problemOf({ withoutTool, box }: Boxing, images: ActiveSeries | undefined): string | undefined {
  if (withoutTool) return texts.withoutTool;
  const [drawn, meant] = [box?.frameOfReferenceUID, images?.frameOfReferenceUID];
  return drawn !== undefined && meant !== undefined && drawn !== meant ? texts.elsewhere : undefined;
}

/** Sides of a box on a plane of the patient, the longer one first. */
export function sizeOf({ corners: [a, b] }: DrawnBox): string {
  const [longer = 0, shorter = 0] = a.map((from, axis) => Math.abs(b[axis]! - from)).toSorted((m, n) => n - m);
  return texts.drawn(Math.round(longer), Math.round(shorter));
}
