import type { RequestHandler } from 'express';
import { type DicomInstance, parseInstance } from '../../dicom/dicomInstance.js';
import { encapsulatedFrame } from '../../dicom/encapsulatedFrame.js';
import { nativeFrame } from '../../dicom/nativeFrame.js';
import { explicitVRBigEndian, explicitVRLittleEndian } from '../../dicom/transferSyntaxes.js';
import { identityOf } from '../../http/principalOf.js';
import type { Archive } from '../../pacs/archive.js';
import type { Config } from '../../platform/config.js';
import { PromptsegError } from '../../platform/errors.js';
import { dicomWebRequest } from './dicomWebRequests.js';
import { sendFrames } from './framesMessage.js';
import { remembering } from './remembering.js';

const resource =
  /^\/studies\/([\d.]+)\/series\/([\d.]+)(?:\/instances\/([\d.]+))?\/(metadata|frames)(?:\/([\d,%Cc]+))?$/;

/** A viewer requests the frames of one object one after another. What was deleted in the archive must be gone here. */
const keptForMs = 30_000;
const keptAtOnce = 4;

/**
 * WADO-RS of metadata and frames (PS3.18 section 10.4) for archives that have whole instances only, as the setting
 * PROMPTSEG_ARCHIVE_LACKS says: a viewer needs both. All other requests go to the archive, and so do requests for a
 * study that the user cannot find there, because here instances are retrieved with the service's credentials.
 *
 * @param archive its `retrieveMetadata` works without metadata of the archive (metadataFromInstances.ts)
 */
export function fromInstances(
  archive: Pick<Archive, 'retrieveInstance' | 'retrieveMetadata'>,
  lacks: Config['archiveLacks'],
): RequestHandler {
  const instanceOf = remembering(keptAtOnce, keptForMs, async (study: string, series: string, instance: string) => {
    const part10 = await archive.retrieveInstance(study, series, instance);
    return part10 && parseInstance(part10);
  });

  return async (request, response, next) => {
    const [, study, series, instance, wanted, list] = resource.exec(request.path) ?? [];
    if (!study || !series || !lacks.includes(wanted as 'metadata' | 'frames')) return next();
    if (request.method !== 'GET' || dicomWebRequest(request) !== 'read') return next();
    try {
      const { mayFindStudy } = identityOf(request);
      if (mayFindStudy !== undefined && !(await mayFindStudy(study))) return next();
      if (wanted === 'metadata') {
        const metadata = await archive.retrieveMetadata(study, series, instance);
        // An archive may find an instance by its UID in any study.
        const found = metadata.filter((each) => each['0020000D']?.Value?.[0] === study);
        if (found.length === 0) return next();
        response.setHeader('Content-Type', 'application/dicom+json');
        response.end(JSON.stringify(found));
        return;
      }
      const object = await instanceOf(study, series, instance!);
      const numbers = decodeURIComponent(list ?? '')
        .split(',')
        .map(Number);
      if (object?.string('x0020000d') !== study || !numbers.every((n) => n >= 1 && n <= object.numberOfFrames))
        return next();
      const { transferSyntaxUID } = object;
      // Frames are little endian, whatever the file is.
      const isNative = !object.element('x7fe00010')?.encapsulatedPixelData;
      const sentAs = isNative || transferSyntaxUID === explicitVRBigEndian ? explicitVRLittleEndian : transferSyntaxUID;
      sendFrames(
        response,
        numbers.map((number) => frameOf(object, number - 1, isNative)),
        sentAs,
      );
    } catch (error) {
      // The archive's own response says what is wrong.
      if (error instanceof PromptsegError) next();
      else next(error);
    }
  };
}

/** @throws PromptsegError `instance-unreadable` if the instance does not have the pixels of the frame */
function frameOf(instance: DicomInstance, index: number, isNative: boolean): Uint8Array {
  const pixelData = instance.element('x7fe00010');
  try {
    if (pixelData === undefined) throw new Error('no Pixel Data');
    const samples = instance.rows * instance.columns * instance.samplesPerPixel;
    return isNative ? nativeFrame(instance, pixelData, index, samples) : encapsulatedFrame(instance, pixelData, index);
  } catch (cause) {
    throw new PromptsegError('instance-unreadable', 'The frame cannot be read from its instance.', { cause });
  }
}
