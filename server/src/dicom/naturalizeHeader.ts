import dcmjs from 'dcmjs';
import type { DataSet, Element } from 'dicom-parser';
import { PromptsegError } from '../platform/errors.js';
import type { NaturalizedDataset } from '../values/naturalizedDataset.js';
import { characterSetDecoder } from './characterSets.js';
import { datasetJson } from './datasetJson.js';
import { parseInstance } from './dicomInstance.js';

const { DicomMetaDictionary } = dcmjs.data;

/**
 * Longer values are left out: sequences with references to every image of a study, look-up tables, icons. None of them
 * describes patient or study.
 */
const maximumValueBytes = 2 ** 16;
/** Far above a header without private attributes, functional groups and long values (about 10 kB). */
const maximumHeaderBytes = 2 ** 20;

/**
 * The attributes of a Part 10 file that describe patient, study, series and image as a whole, by keyword: all but pixel
 * data, functional groups, private attributes, binary values and those of more than 64 KiB. Text is decoded.
 * @throws PromptsegError `instance-unreadable`
 */
export function naturalizeHeader(part10: Uint8Array): NaturalizedDataset {
  const instance = parseInstance(part10);
  const decoder = characterSetDecoder(instance.strings('x00080005'));
  try {
    requireSmall(instance.parsed);
    return DicomMetaDictionary.naturalizeDataset(datasetJson(instance.parsed, decoder, isWanted));
  } catch (error) {
    throw new PromptsegError('instance-unreadable', 'The attributes of an instance cannot be read.', {
      cause: error,
      details: { sopInstanceUID: instance.sopInstanceUID },
    });
  }
}

/** @throws Error if the wanted elements exceed {@link maximumHeaderBytes} */
function requireSmall({ elements }: DataSet): void {
  const bytes = Object.values(elements).reduce((sum, each) => sum + (isWanted(each) ? each.length : 0), 0);
  if (bytes > maximumHeaderBytes) throw new Error(`a header of ${bytes} bytes`);
}

/**
 * Excludes file meta information, Specific Character Set (text is decoded), private attributes (odd groups), and
 * everything from Shared Functional Groups on.
 */
const isWanted = ({ tag, length }: Element): boolean =>
  !tag.startsWith('x0002') &&
  tag !== 'x00080005' &&
  tag < 'x52000000' &&
  Number.parseInt(tag.slice(1, 5), 16) % 2 === 0 &&
  length <= maximumValueBytes;
