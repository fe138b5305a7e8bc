import { implicitVRLittleEndian } from '../dicom/transferSyntaxes.js';
import { PromptsegError } from '../platform/errors.js';
import { column, type Vector3 } from '../values/affine.js';
import { isAnatomicalStructure } from '../values/anatomicalStructure.js';
import { voxelCentre } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import type { NaturalizedDataset } from '../values/naturalizedDataset.js';
import type { Target } from '../values/target.js';
import type { Volume } from '../values/volume.js';
import { codeItem, longString } from './code.js';
import { type Contour, contoursOfSlice } from './contours.js';
import { decimalString } from './decimalString.js';
import type { SegmentProvenance } from './describeSegment.js';
import {
  algorithmIdentification,
  anatomicRegion,
  propertyType,
  type SegmentationAlgorithm,
} from './describeSegment.js';
import { type Encoded, encodePart10 } from './encodeElements.js';
import { encodeImplicitElements, implicitElement, implicitText, itemTag } from './encodeImplicitElements.js';
import {
  fileMetaInformation,
  operatorOf,
  privateCodingSchemes,
  type ResultDescription,
  referencedInstances,
  resultModules,
} from './resultModules.js';
import { positionReferenceIndicator } from './sourceContext.js';

const rtStructureSetStorage = '1.2.840.10008.5.1.4.1.1.481.3';

/**
 * The SOP class of the study of a structure set: retired, but the value that RT systems expect (PS3.3 section C.8.8.5).
 */
const detachedStudyManagement = '1.2.840.10008.3.1.2.3.1';

/**
 * About 0.3 GB of Contour Data, far beyond what a planning system opens. 104 targets with two outlines in each of 300
 * slices have 62,400 contours.
 */
const maximumPoints = 10_000_000;
const maximumContours = 250_000;

export interface StructureSetInput extends ResultDescription {
  /**
   * At least one, each with at least one voxel. ROI Number is the position in this list, from 1, like the Segment
   * Number in a segmentation.
   */
  readonly segments: readonly {
    readonly target: Target;
    /** One slice per source image of the volume. */
    readonly mask: Mask;
    readonly volumeMl: number;
    /** Absent if made by the algorithm alone. */
    readonly provenance?: Pick<SegmentProvenance, 'algorithmType'>;
  }[];
  readonly algorithm: SegmentationAlgorithm;
}

/**
 * Encodes masks as one RT Structure Set (PS3.3 section A.19): a ROI per target, closed planar contours on the slices of
 * the source, each with a reference to its image. A voxel is in a ROI if and only if its centre is in one of the ROI's
 * contours (see {@link contoursOfSlice}). Equal input gives equal bytes.
 *
 * Implicit VR Little Endian, because a contour may need more than the 64 KiB that Explicit VR allows for its numbers
 * (PS3.3 table C.8-42).
 *
 * @throws PromptsegError `result-not-encodable` for more than 250,000 contours or 10 million points
 */
export function encodeStructureSet(input: StructureSetInput): {
  readonly part10: Uint8Array;
  readonly sopClassUID: string;
} {
  const { sopInstanceUID } = input.identifiers;
  const meta = fileMetaInformation(rtStructureSetStorage, sopInstanceUID, implicitVRLittleEndian);
  // ROI Contour Sequence stands between the attributes of the Structure Set module and those of the observations.
  const part10 = Buffer.concat([
    encodePart10(meta, describeStructureSet(input)),
    ...encodeContours(input),
    encodeImplicitElements(describeObservations(input)),
  ]);
  return { part10, sopClassUID: rtStructureSetStorage };
}

/** Every attribute before the contours. */
function describeStructureSet(input: StructureSetInput): NaturalizedDataset {
  const { source, segments, seriesDescription, algorithm } = input;
  const { ContentDate, ContentTime, ...modules } = resultModules(input, {
    sopClassUID: rtStructureSetStorage,
    modality: 'RTSTRUCT',
  });
  const images = referencedInstances(source);
  return {
    ...modules,
    OperatorsName: '',
    ...operatorOf(input),
    FrameOfReferenceUID: source.frameOfReferenceUID,
    PositionReferenceIndicator: positionReferenceIndicator(source.header),
    ...privateCodingSchemes(
      segments.map(({ target }) => target.concept),
      input,
    ),

    StructureSetLabel: 'PROMPTSEG',
    StructureSetName: longString(seriesDescription),
    StructureSetDescription: 'Research use only. Segmented by text prompt.',
    StructureSetDate: ContentDate,
    StructureSetTime: ContentTime,
    ReferencedFrameOfReferenceSequence: [
      {
        FrameOfReferenceUID: source.frameOfReferenceUID,
        RTReferencedStudySequence: [
          {
            ReferencedSOPClassUID: detachedStudyManagement,
            ReferencedSOPInstanceUID: source.studyInstanceUID,
            RTReferencedSeriesSequence: [{ SeriesInstanceUID: source.seriesInstanceUID, ContourImageSequence: images }],
          },
        ],
      },
    ],
    StructureSetROISequence: segments.map(({ target, volumeMl, provenance }, index) => ({
      ROINumber: index + 1,
      ReferencedFrameOfReferenceUID: source.frameOfReferenceUID,
      ROIName: longString(target.name),
      ROIVolume: decimalString(volumeMl),
      ROIGenerationAlgorithm: provenance?.algorithmType ?? 'AUTOMATIC',
      ...(provenance?.algorithmType !== 'MANUAL' && {
        ROIDerivationAlgorithmIdentificationSequence: [algorithmIdentification(algorithm)],
      }),
    })),
  };
}

/** RT ROI Observations (PS3.3 section C.8.8.8) and Approval: the attributes after the contours. */
function describeObservations({ segments }: StructureSetInput): NaturalizedDataset {
  return {
    RTROIObservationsSequence: segments.map(({ target: { name, concept } }, index) => ({
      ObservationNumber: index + 1,
      ReferencedROINumber: index + 1,
      ROIObservationLabel: Array.from(longString(name)).slice(0, 16).join('').trim(),
      SegmentedPropertyCategoryCodeSequence: [codeItem(concept.category)],
      RTROIIdentificationCodeSequence: [propertyType(concept)],
      ...anatomicRegion(concept),
      // ORGAN is the only defined term that implies no more than the codes do; a role in treatment is not ours to
      // assign.
      RTROIInterpretedType: isAnatomicalStructure(concept) ? 'ORGAN' : '',
      ROIInterpreter: '',
    })),
    ApprovalStatus: 'UNAPPROVED',
  };
}

/** ROI Contour Sequence (3006,0039), PS3.3 section C.8.8.6. */
function encodeContours({ source, segments }: StructureSetInput): Encoded {
  const images = source.sourceImages.map(
    ({ sopClassUID, sopInstanceUID, frameNumber }): Uint8Array =>
      encodeImplicitElements({
        ContourImageSequence: [
          {
            ReferencedSOPClassUID: sopClassUID,
            ReferencedSOPInstanceUID: sopInstanceUID,
            ...(frameNumber !== undefined && { ReferencedFrameNumber: frameNumber }),
          },
        ],
      }),
  );
  let [points, numberOfContours] = [0, 0];
  const items = segments.map(({ target, mask }, index) => {
    const contours: Uint8Array[] = [];
    source.sourceImages.forEach((_, slice) => {
      const ofSlice = contoursOfSlice(mask, slice);
      numberOfContours += ofSlice.length;
      points += ofSlice.reduce((sum, contour) => sum + contour.length, 0);
      if (points > maximumPoints || numberOfContours > maximumContours) throw tooManyOutlines();
      for (const contour of ofSlice) {
        const item = implicitElement(itemTag, [
          images[slice]!,
          ...implicitText(0x30060042, 'CLOSED_PLANAR'),
          ...implicitText(0x30060046, String(contour.length)),
          ...implicitText(0x30060048, String(contours.length + 1)),
          ...implicitText(0x30060050, contourData(contour, slice, source)),
        ]);
        // One array each instead of a dozen small ones.
        contours.push(Buffer.concat(item));
      }
    });
    return implicitElement(itemTag, [
      ...implicitText(0x3006002a, target.concept.displayColour.join('\\')),
      ...implicitElement(0x30060040, contours),
      ...implicitText(0x30060084, String(index + 1)),
    ]);
  });
  return implicitElement(0x30060039, items.flat());
}

const tooManyOutlines = (): PromptsegError =>
  new PromptsegError(
    'result-not-encodable',
    'The targets have more outlines than an RT Structure Set can reasonably hold.',
    { details: { maximumPoints, maximumContours } },
  );

/**
 * Contour Data (3006,0050): x, y, z of each point in LPS mm, to a ten-thousandth. Slices are at the positions that
 * their images state, or else the grid.
 */
function contourData(contour: Contour, slice: number, { grid, sourceImages }: Volume): string {
  const origin: Vector3 = sourceImages[slice]!.imagePositionPatient ?? voxelCentre(grid, [0, 0, slice]);
  const [alongRow, alongColumn] = [column(grid.voxelToLps, 0), column(grid.voxelToLps, 1)];
  const coordinate = (axis: 0 | 1 | 2, i: number, j: number): number =>
    Math.round(1e4 * (origin[axis] + i * alongRow[axis] + j * alongColumn[axis])) / 1e4;
  return contour.map(([i, j]) => `${coordinate(0, i, j)}\\${coordinate(1, i, j)}\\${coordinate(2, i, j)}`).join('\\');
}
