import type { RequestHandler } from 'express';
import { parseInstance } from '../../dicom/dicomInstance.js';
import { encodeRle } from '../../dicom/encodeRle.js';
import { explicitVRLittleEndian, implicitVRLittleEndian, rleLossless } from '../../dicom/transferSyntaxes.js';
import { identityOf } from '../../http/principalOf.js';
import type { Archive } from '../../pacs/archive.js';
import { PromptsegError } from '../../platform/errors.js';
import { copyBits } from '../../results/packFrames.js';
import { dicomWebRequest } from './dicomWebRequests.js';
import { sendFrames } from './framesMessage.js';
import { remembering } from './remembering.js';

const framesOfInstance = /^\/studies\/([\d.]+)\/series\/([\d.]+)\/instances\/([\d.]+)\/frames\/([^/?]+)$/;

/**
 * Long enough for a viewer that loads a segmentation frame by frame, and no longer: objects deleted in the archive must
 * disappear here too.
 */
const keptForMs = 30_000;
const keptAtOnce = 4;
/** Maximum size of one object's pixels; requests for a larger one go to the archive. */
const largestBytes = 2 ** 28;
const seriesRemembered = 1000;

/** Frames with one bit per pixel; all but the first may begin in the middle of a byte. */
interface BitFrames {
  readonly bits: Uint8Array;
  readonly bitsPerFrame: number;
  readonly numberOfFrames: number;
}

/**
 * WADO-RS of single frames (PS3.18 section 10.4.1.1.6) of binary segmentations whose rows × columns is not a multiple
 * of 8. Orthanc refuses them ("Bad file format"). All other requests go to the archive, and so do requests for a study
 * that the user cannot find there, because here the object is retrieved with the service's credentials.
 *
 * A client that accepts any transfer syntax, such as Cornerstone, gets RLE Lossless: from it Cornerstone 5 unpacks
 * exactly one bit per pixel, but from a native frame whole bytes. OHIF 3.13 retrieves such an object whole and splits
 * it at bytes, unless our extension makes it request frames (`viewer-extension/src/ohif/oddFrames.ts`).
 */
export function wholeByteFrames(archive: Pick<Archive, 'findSeries' | 'retrieveInstance'>): RequestHandler {
  const isSegmentation = remembering(
    seriesRemembered,
    Number.POSITIVE_INFINITY,
    async (study: string, series: string) =>
      archive.findSeries(study, series).then(({ modality }) => modality === 'SEG'),
  );
  const framesOf = remembering(keptAtOnce, keptForMs, async (study: string, series: string, instance: string) =>
    bitFrames(study, await archive.retrieveInstance(study, series, instance)),
  );
  return async (request, response, next) => {
    const [, study, series, instance, list] = framesOfInstance.exec(request.path) ?? [];
    if (request.method !== 'GET' || !instance || !list || dicomWebRequest(request) !== 'read') return next();
    try {
      const { mayFindStudy } = identityOf(request);
      if (mayFindStudy !== undefined && !(await mayFindStudy(study!))) return next();
      if (!(await isSegmentation(study!, series!))) return next();
      const frames = await framesOf(study!, series!, instance);
      const numbers = decodeURIComponent(list).split(',').map(Number);
      if (frames === undefined || !numbers.every((n) => n >= 1 && n <= frames.numberOfFrames)) return next();
      const takesAny = /transfer-syntax="?\*/.test(request.headers.accept ?? '');
      const bytes = numbers.map((number) => frame(frames, number - 1));
      if (takesAny)
        sendFrames(
          response,
          bytes.map((each) => encodeRle(each, each.length)),
          rleLossless,
        );
      else sendFrames(response, bytes, explicitVRLittleEndian);
    } catch (error) {
      // The archive's own response says what is wrong.
      if (error instanceof PromptsegError) next();
      else next(error);
    }
  };
}

/** @param study that the user may see: an archive may find an object by its SOP Instance UID in any study */
function bitFrames(study: string, part10: Uint8Array | undefined): BitFrames | undefined {
  if (part10 === undefined) return undefined;
  const instance = parseInstance(part10);
  if (instance.string('x0020000d') !== study) return undefined;
  const { rows, columns, numberOfFrames, bitsAllocated, transferSyntaxUID } = instance;
  const bitsPerFrame = rows * columns;
  const isNative = transferSyntaxUID === explicitVRLittleEndian || transferSyntaxUID === implicitVRLittleEndian;
  if (bitsAllocated !== 1 || !isNative || bitsPerFrame % 8 === 0) return undefined;
  const element = instance.element('x7fe00010');
  const bytes = Math.ceil((bitsPerFrame * numberOfFrames) / 8);
  if (element === undefined || element.length < bytes || bytes > largestBytes) return undefined;
  const { byteArray } = instance.parsed;
  return {
    bits: Uint8Array.from(byteArray.subarray(element.dataOffset, element.dataOffset + bytes)),
    bitsPerFrame,
    numberOfFrames,
  };
}

function frame({ bits, bitsPerFrame }: BitFrames, index: number): Uint8Array {
  const packed = new Uint8Array(Math.ceil(bitsPerFrame / 8));
  copyBits(bits, index * bitsPerFrame, packed, 0, bitsPerFrame);
  return packed;
}
