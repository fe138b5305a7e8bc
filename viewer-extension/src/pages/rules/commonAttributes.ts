import { type DerivedName, derivedKinds, derivedNames } from '../../../../server/contract/derivedAttributes.js';

/** How the value of an attribute is typed in. */
export type InputKind = 'text' | 'number' | 'boolean' | 'choice';

/** Attributes that rules are commonly written with (PS3.6), to be offered; any other keyword or tag may be typed. */
export const commonAttributes: Readonly<Record<string, InputKind>> = Object.fromEntries([
  ...[
    'Modality',
    'BodyPartExamined',
    'SeriesDescription',
    'StudyDescription',
    'ProtocolName',
    'ImageType',
    'ContrastBolusAgent',
    'ContrastBolusRoute',
    'Manufacturer',
    'ManufacturerModelName',
    'StationName',
    'InstitutionName',
    'InstitutionalDepartmentName',
    'ReferringPhysicianName',
    'SequenceName',
    'ScanningSequence',
    'SequenceVariant',
    'ScanOptions',
    'MRAcquisitionType',
    'AngioFlag',
    'ConvolutionKernel',
    'PatientPosition',
    'PatientSex',
    'PatientAge',
    'Laterality',
    'ImageLaterality',
    'ViewPosition',
    'SOPClassUID',
    'FrameOfReferenceUID',
    'AccessionNumber',
    'StudyID',
    'StudyDate',
    'SeriesDate',
    'AcquisitionDate',
    'StudyTime',
    'SoftwareVersions',
    'ModalitiesInStudy',
    'RequestedProcedureDescription',
    'PerformedProcedureStepDescription',
    'AnatomicRegionSequence.CodeValue',
    'ProcedureCodeSequence.CodeValue',
    'RequestAttributesSequence.RequestedProcedureDescription',
    'PresentationIntentType',
    'BurnedInAnnotation',
    'ReceiveCoilName',
    'PhotometricInterpretation',
  ].map((keyword) => [keyword, 'text'] as const),
  ...[
    'SeriesNumber',
    'NumberOfSeriesRelatedInstances',
    'NumberOfStudyRelatedInstances',
    'NumberOfFrames',
    'Rows',
    'Columns',
    'SliceThickness',
    'SpacingBetweenSlices',
    'PixelSpacing',
    'KVP',
    'XRayTubeCurrent',
    'Exposure',
    'MagneticFieldStrength',
    'RepetitionTime',
    'EchoTime',
    'InversionTime',
    'FlipAngle',
    'EchoTrainLength',
    'DiffusionBValue',
    'BitsAllocated',
    'ReconstructionDiameter',
  ].map((keyword) => [keyword, 'number'] as const),
]);

export const isDerivedName = (name: string): name is DerivedName => (derivedNames as readonly string[]).includes(name);

/** @param name derived name, keyword or tag; undefined: nothing is known about it */
export function inputKindOf(name: string): InputKind | undefined {
  if (!isDerivedName(name)) return Object.hasOwn(commonAttributes, name) ? commonAttributes[name] : undefined;
  const kind = derivedKinds[name];
  return typeof kind === 'string' ? kind : 'choice';
}

/** Values of a derived attribute that has a list of them. */
export function choicesOf(name: string): readonly string[] {
  const kind = isDerivedName(name) ? derivedKinds[name] : undefined;
  return kind === undefined || typeof kind === 'string' ? [] : kind;
}
