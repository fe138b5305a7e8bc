import dcmjs from 'dcmjs';
import type { DicomJson } from '#contract/dicomJson.js';
import type { NaturalizedDataset } from '../values/naturalizedDataset.js';

const { DicomMetaDictionary } = dcmjs.data;

/**
 * The same as `naturalizeHeader` of WADO-RS metadata: the attributes of the instance as a whole, by keyword, without
 * functional groups, private attributes and binary values.
 */
export function naturalizeJson(dataset: DicomJson): NaturalizedDataset {
  const wanted = Object.entries(dataset).flatMap(([tag, element]) => {
    const isPublic = /^[0-9A-F]{8}$/.test(tag) && Number.parseInt(tag.slice(0, 4), 16) % 2 === 0;
    if (!isPublic || tag.startsWith('0002') || tag === '00080005' || tag >= '52000000') return [];
    if (element === undefined || 'BulkDataURI' in element || 'InlineBinary' in element) return [];
    const kept: { vr: string; Value: unknown[] } = { vr: element.vr ?? 'UN', Value: [...(element.Value ?? [])] };
    return [[tag, kept]];
  });
  return DicomMetaDictionary.naturalizeDataset(Object.fromEntries(wanted));
}
