import type { NaturalizedDataset } from '../values/naturalizedDataset.js';
import { type Code, codeItem } from './code.js';
import { decimalString } from './decimalString.js';

/** Content items of a structured report (PS3.3 section C.17.3), one function per value type. */

/** Relationship of an item to the one that contains it (PS3.3 section C.17.3.2.4). */
type Relationship = 'CONTAINS' | 'HAS CONCEPT MOD' | 'HAS OBS CONTEXT';

const contentItem = (
  relationship: Relationship,
  valueType: string,
  name: Code,
  value: NaturalizedDataset,
): NaturalizedDataset => ({
  RelationshipType: relationship,
  ValueType: valueType,
  ConceptNameCodeSequence: [codeItem(name)],
  ...value,
});

export const code = (relationship: Relationship, name: Code, value: Code): NaturalizedDataset =>
  contentItem(relationship, 'CODE', name, { ConceptCodeSequence: [codeItem(value)] });

export const text = (relationship: Relationship, name: Code, value: string): NaturalizedDataset =>
  contentItem(relationship, 'TEXT', name, { TextValue: value });

export const uidReference = (relationship: Relationship, name: Code, uid: string): NaturalizedDataset =>
  contentItem(relationship, 'UIDREF', name, { UID: uid });

/** @param template number of the template (PS3.16) that the container follows */
export const container = (name: Code, items: readonly NaturalizedDataset[], template?: string): NaturalizedDataset =>
  contentItem('CONTAINS', 'CONTAINER', name, containerValue(items, template));

/** The content of a container; at the root of a report it has no relationship. */
export const containerValue = (items: readonly NaturalizedDataset[], template?: string): NaturalizedDataset => ({
  ContinuityOfContent: 'SEPARATE',
  ...(template !== undefined && {
    ContentTemplateSequence: [{ MappingResource: 'DCMR', TemplateIdentifier: template }],
  }),
  ContentSequence: items,
});

/** A segment of a segmentation object. */
export const segmentReference = (
  name: Code,
  segmentation: { readonly sopClassUID: string; readonly sopInstanceUID: string },
  segmentNumber: number,
): NaturalizedDataset =>
  contentItem('CONTAINS', 'IMAGE', name, {
    ReferencedSOPSequence: [
      {
        ReferencedSOPClassUID: segmentation.sopClassUID,
        ReferencedSOPInstanceUID: segmentation.sopInstanceUID,
        ReferencedSegmentNumber: segmentNumber,
      },
    ],
  });

/**
 * A number with its unit (UCUM). Numeric Value is a Decimal String of 16 bytes; a number that needs more is also given
 * as a Floating Point Value (PS3.3 section C.18.1).
 * @param modifiers the kind of measurement
 */
export function numeric(
  name: Code,
  value: number,
  unit: Code,
  modifiers: readonly NaturalizedDataset[],
  relationship: Relationship = 'CONTAINS',
): NaturalizedDataset {
  const decimal = decimalString(value);
  return contentItem(relationship, 'NUM', name, {
    MeasuredValueSequence: [
      {
        NumericValue: decimal,
        ...(Number(decimal) !== value && { FloatingPointValue: value }),
        MeasurementUnitsCodeSequence: [codeItem(unit)],
      },
    ],
    ...(modifiers.length > 0 && { ContentSequence: modifiers }),
  });
}
