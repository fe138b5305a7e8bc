import { uidFromName } from '../dicom/uid.js';
import { softwareVersion } from '../platform/softwareVersion.js';
import type { Concept } from '../values/concept.js';
import type { NaturalizedDataset } from '../values/naturalizedDataset.js';
import type { Operator } from '../values/operator.js';
import type { SeriesImages, Volume } from '../values/volume.js';
import { codeItem, longString, personName } from './code.js';
import { contentDateAndTime } from './contentDateAndTime.js';
import { seriesNumberAfter } from './seriesNumber.js';
import { sourceContext } from './sourceContext.js';

/** The modules that all stored objects share. */
export interface ResultDescription<Source extends SeriesImages = Volume> {
  /** Its patient, study and scanner are copied to the result. */
  readonly source: Source;
  readonly identifiers: { readonly seriesInstanceUID: string; readonly sopInstanceUID: string };
  /** Series Description (0008,103E); viewers show it as the name of the result. */
  readonly seriesDescription: string;
  /**
   * Series Number (0020,0011), which a segmentation and what is stored beside it share; absent: the first one behind
   * the source.
   */
  readonly seriesNumber?: number | undefined;
  readonly createdAt: Date;
  /** Absent if nobody was signed in. */
  readonly operator?: Operator | undefined;
}

/** An object that is made of a segmentation and refers to it; its UIDs are derived from that one's. */
export interface EncodedCompanion {
  readonly part10: Uint8Array;
  readonly sopClassUID: string;
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
}

/** UUID namespace of the UIDs that are derived from the SOP Instance UID of a result. */
const uidNamespace = 'd17b6503-f3eb-41d0-8be0-802a1cd2d5c3';

const implementationClassUID = '2.25.173006888909613009253414344428721652400';

/** A UID that is always the same for the same result and purpose. */
export const derivedUID = (sopInstanceUID: string, purpose: string): string =>
  uidFromName(uidNamespace, `${sopInstanceUID} ${purpose}`);

/** Tracking UID (0062,0021) of a segment, which a measurement report of it repeats. */
export const trackingUID = (segmentationInstanceUID: string, segmentNumber: number): string =>
  derivedUID(segmentationInstanceUID, `segment ${segmentNumber}`);

/** Tracking UID of one instance of a segment, which only the measurement report and the record have. */
export const instanceTrackingUID = (segmentationInstanceUID: string, segmentNumber: number, instance: number): string =>
  derivedUID(segmentationInstanceUID, `segment ${segmentNumber} instance ${instance}`);

/** File Meta Information (PS3.10 section 7.1). */
export function fileMetaInformation(
  sopClassUID: string,
  sopInstanceUID: string,
  transferSyntaxUID: string,
): NaturalizedDataset {
  return {
    FileMetaInformationVersion: Uint8Array.of(0, 1).buffer,
    MediaStorageSOPClassUID: sopClassUID,
    MediaStorageSOPInstanceUID: sopInstanceUID,
    TransferSyntaxUID: transferSyntaxUID,
    ImplementationClassUID: implementationClassUID,
    ImplementationVersionName: 'PROMPTSEG',
  };
}

/**
 * Patient, Study, General Series, Equipment and SOP Common modules (PS3.3 sections C.7.1 to C.7.3, C.7.5, C.12.1),
 * content date and time.
 */
export function resultModules(
  { source, identifiers, seriesDescription, seriesNumber, createdAt }: ResultDescription<SeriesImages>,
  {
    sopClassUID,
    modality,
  }: { readonly sopClassUID: string; readonly modality: 'SEG' | 'SR' | 'RTSTRUCT' | 'OT' | 'DOC' | 'PR' },
): NaturalizedDataset {
  const [date, time] = contentDateAndTime(createdAt, source.header.TimezoneOffsetFromUTC);
  return {
    ...sourceContext(source.header),

    SpecificCharacterSet: 'ISO_IR 192',
    SOPClassUID: sopClassUID,
    SOPInstanceUID: identifiers.sopInstanceUID,
    InstanceCreationDate: date,
    InstanceCreationTime: time,

    StudyInstanceUID: source.studyInstanceUID,

    Modality: modality,
    SeriesInstanceUID: identifiers.seriesInstanceUID,
    SeriesNumber: seriesNumber ?? seriesNumberAfter(source.header.SeriesNumber),
    SeriesDescription: longString(seriesDescription),
    SeriesDate: date,
    SeriesTime: time,

    Manufacturer: 'Promptseg',
    ManufacturerModelName: 'Promptseg',
    DeviceSerialNumber: 'none', // type 1 (PS3.3 section C.7.5.2), though software has no serial number
    SoftwareVersions: softwareVersion,

    InstanceNumber: 1,
    ContentDate: date,
    ContentTime: time,
  };
}

/**
 * Who operated the equipment (PS3.3 sections C.7.3.1 and C.8.8.1): in General Series and RT Series, but not in SR
 * Document Series. An item that identifies the person must name an institution (table 10-1).
 */
export function operatorOf({ operator }: Pick<ResultDescription<SeriesImages>, 'operator'>): NaturalizedDataset {
  if (operator === undefined) return {};
  const { name, account } = operator;
  return {
    OperatorsName: personName(name),
    ...(account && {
      OperatorIdentificationSequence: [
        {
          InstitutionName: longString(account.institution),
          PersonIdentificationCodeSequence: [
            // A backslash separates values, and a directory's names may contain one.
            codeItem({
              value: account.subject.replace(/[\\\p{Cc}]/gu, '_'),
              scheme: accountScheme,
              meaning: name,
            }),
          ],
        },
      ],
    }),
  };
}

/** Common Instance Reference (PS3.3 section C.12.2): all images that the result was made from, each instance once. */
export function referencedInstances({ sourceImages }: SeriesImages): NaturalizedDataset[] {
  const classes = new Map(sourceImages.map(({ sopInstanceUID, sopClassUID }) => [sopInstanceUID, sopClassUID]));
  return [...classes].map(([sopInstanceUID, sopClassUID]) => ({
    ReferencedSOPClassUID: sopClassUID,
    ReferencedSOPInstanceUID: sopInstanceUID,
  }));
}

/** Accounts of the log-in, whose meaning is defined by the institution. */
const accountScheme = '99PROMPTSEGUSER';

/** Declares the private coding schemes (PS3.3 section C.12.1) that concepts and operator use. */
export function privateCodingSchemes(
  concepts: readonly Concept[],
  { operator }: Pick<ResultDescription<SeriesImages>, 'operator'> = {},
): NaturalizedDataset {
  const designator = '99PROMPTSEG';
  const isUsed = concepts.some((concept) =>
    [concept.type, concept.category, concept.anatomicRegion].some((code) => code?.scheme === designator),
  );
  const items = [
    ...(isUsed ? [privateCodingSchemeItem] : []),
    ...(operator?.account
      ? [
          {
            CodingSchemeDesignator: accountScheme,
            CodingSchemeName: 'Accounts by which Promptseg knows people',
            CodingSchemeResponsibleOrganization: longString(operator.account.institution),
          },
        ]
      : []),
  ];
  return items.length > 0 ? { CodingSchemeIdentificationSequence: items } : {};
}

export const privateCodingSchemeItem: NaturalizedDataset = {
  CodingSchemeDesignator: '99PROMPTSEG',
  CodingSchemeName: 'Promptseg',
  CodingSchemeResponsibleOrganization: 'Promptseg',
};
