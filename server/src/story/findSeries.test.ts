import { describe, expect, it } from '@jest/globals';
import type { DicomJson } from '#contract/dicomJson.js';
import type { Archive } from '../pacs/archive.js';
import { findSeries } from './findSeries.js';

const text = (value: string) => ({ Value: [value] });
const uid = { '00080018': text('1.2.3.4') };

function archiveWith(modality: string, listed: DicomJson, metadata: DicomJson = {}) {
  const asked: string[] = [];
  const archive = {
    findSeries: async () => ({ studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3', modality, description: '' }),
    query: async () => {
      asked.push('list');
      return [listed];
    },
    retrieveMetadata: async () => {
      asked.push('metadata');
      return [metadata];
    },
  } as unknown as Archive;
  return { archive, asked };
}

describe('the modality of a series', () => {
  it.each([
    ['is that of the archive', 'CT', {}, {}, 'CT', []],
    ['is that of its images, where the archive lists none', '', { ...uid, '00080060': text('MR') }, {}, 'MR', ['list']],
    [
      'follows from the SOP class, where no image states one',
      '',
      { ...uid, '00080016': text('1.2.840.10008.5.1.4.1.1.2') },
      {},
      'CT',
      ['list'],
    ],
    [
      'is looked for in the metadata, where the list says nothing',
      '',
      uid,
      { '00080016': text('1.2.840.10008.5.1.4.1.1.128') },
      'PT',
      ['list', 'metadata'],
    ],
    ['is not known, where nothing says it', '', uid, {}, '', ['list', 'metadata']],
  ])('%s', async (_, stated, listed, metadata, expected, requests) => {
    const { archive, asked } = archiveWith(stated, listed, metadata);
    expect(await findSeries(archive, '1.2', '1.2.3')).toMatchObject({ modality: expected });
    expect(asked).toEqual(requests);
  });
});
