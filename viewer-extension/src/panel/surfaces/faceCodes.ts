import type { TargetView } from '../../../../server/contract/finding.js';

/**
 * SNOMED CT codes of structures whose surface is that of a person: body, head, face, skin, soft tissue, fat. A face can
 * be recognised by it.
 */
const outerSurfaces: ReadonlySet<string> = new Set('38266002 69536005 89545001 39937001 87784001 55603005'.split(' '));

/** Whether the surface of a structure may be that of a face. What was asked for in free words may be anything. */
export const mayShowFace = ({ code, freeText }: TargetView): boolean =>
  freeText !== undefined || (code.scheme === 'SCT' && outerSurfaces.has(code.value));
