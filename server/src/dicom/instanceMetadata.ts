import type { Element } from 'dicom-parser';
import type { DicomJson } from '#contract/dicomJson.js';
import { characterSetDecoder } from './characterSets.js';
import { datasetJson } from './datasetJson.js';
import { parseInstance } from './dicomInstance.js';

/** Longer values, binary ones and Pixel Data are left out: nothing that a viewer or a rule reads from metadata. */
const maximumValueBytes = 2 ** 16;

/**
 * The metadata of a Part 10 file, as WADO-RS gives them (PS3.18 section 10.4.1.1.2): text in UTF-8, sequences with all
 * their items, and Available Transfer Syntax UID.
 * @throws PromptsegError `instance-unreadable`
 */
export function instanceMetadata(part10: Uint8Array): DicomJson {
  const instance = parseInstance(part10);
  const decoder = characterSetDecoder(instance.strings('x00080005'));
  return {
    ...(datasetJson(instance.parsed, decoder, isWanted) as DicomJson),
    '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
    '00083002': { vr: 'UI', Value: [instance.transferSyntaxUID] },
  };
}

const isWanted = ({ tag, length, items }: Element): boolean =>
  !tag.startsWith('x0002') && tag !== 'x00080005' && (items !== undefined || length <= maximumValueBytes);
