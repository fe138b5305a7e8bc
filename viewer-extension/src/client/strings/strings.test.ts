import { describe, expect, it } from '@jest/globals';
import { textsOf, textTables } from '../../testing/textTables.js';
import { english as englishTable } from './english.js';
import { german as germanTable } from './german.js';
import { chooseLanguage } from './language.js';

const placeholdersIn = (text: string) =>
  [...new Set([...text.replaceAll(/(?<=\d)[.,](?=\d{3})/g, '').matchAll(/7171\d/g)].map(String))].sort();

/** Names and codes, by the path of their text. */
const sameInBoth: Readonly<Record<keyof typeof textTables, readonly string[]>> = {
  panel: ['.chips.chip', '.resolution.code', '.model.measured', '.finding.details.code'],
  'what the panel fetches later': [
    '.browse.sides.left',
    '.browse.sides.right',
    '.edit.differences.change',
    '.clicks.tools.lasso.name',
    '.compare.other',
    '.compare.difference',
    '.compare.dice',
    '.overTime.statuses.in-both',
    '.figures.leftToRight',
    ...[0, 2, 4, 5, 6, 7].map((key) => `.keys.keys.${key}.key`),
  ],
  'all pages': ['.product', '.links.viewer'],
  '/promptseg': [],
  '/models': [0, 1, 2, 3, 4].map((step) => `.add.steps.${step}.command`),
  '/cornerstone': ['.columns.0', '.viewports.axial', '.viewports.sagittal', '.position', '.window'],
  '/jobs': ['devices.cpu', 'devices.cuda', 'devices.webgpu', 'devices.coreml', 'devices.dml', 'gpu'].map(
    (name) => `.workers.${name}`,
  ),
  '/rules': [
    '.feed.triggers.orthanc',
    '.feed.triggers.dicomweb',
    '.words.test',
    '.words.units.sliceSpacing',
    '.words.units.sliceThickness',
    '.words.derived.is3D',
    '.words.derived.isAxial',
    '.members.name',
    '.form.name',
    '.form.understoodAs',
    '.form.rtStructureSet',
    '.form.destinationKinds.dicom-web',
    '.dryRun.uid',
    '.versions.number',
  ],
};

describe.each(
  Object.entries(textTables).map(([name, tables]) => ({ name: name as keyof typeof textTables, ...tables })),
)('the tables of texts: $name', ({ name, ...tables }) => {
  const english = new Map(textsOf(tables.english));
  const german = new Map(textsOf(tables.german));

  it('have the same keys, and no empty text', () => {
    expect([...german.keys()]).toEqual([...english.keys()]);
    for (const [path, text] of [...english, ...german]) expect([path, text.trim()]).not.toEqual([path, '']);
  });

  it('have the same placeholders', () => {
    expect([...german].map(([path, text]) => [path, placeholdersIn(text)])).toEqual(
      [...english].map(([path, text]) => [path, placeholdersIn(text)]),
    );
  });

  it('differ, but for names and codes', () => {
    expect([...german].filter(([path, text]) => english.get(path) === text).map(([path]) => path)).toEqual(
      sameInBoth[name],
    );
  });
});

describe('the texts', () => {
  it('are found with their placeholders', () => {
    const withPlaceholders = textsOf(englishTable).filter(([, text]) => placeholdersIn(text).length > 0);
    expect(withPlaceholders.length).toBeGreaterThan(20);
  });

  it('say one and many', () => {
    expect([1, 2, 1200].map(englishTable.series.images)).toEqual(['1 image', '2 images', '1,200 images']);
    expect([1, 2, 1200].map(germanTable.series.images)).toEqual(['1 Bild', '2 Bilder', '1.200 Bilder']);
  });
});

describe('chooseLanguage', () => {
  it.each([
    ['nothing is known', {}, 'en'],
    ['the browser prefers German', { preferred: ['de-AT', 'en'] }, 'de'],
    ['the browser prefers another language first', { preferred: ['fr', 'de'] }, 'de'],
    ['OHIF keeps another choice than the browser', { stored: 'en-US', preferred: ['de'] }, 'en'],
    ['OHIF keeps a language that is not ours', { stored: 'ja-JP', preferred: ['de'] }, 'en'],
    ['a cookie is set', { cookies: 'a=1; i18next=de', stored: 'en-US' }, 'de'],
    ['the address says so', { query: '?lng=de&x=1', cookies: 'i18next=en-US' }, 'de'],
    ['the address says something hostile', { query: '?lng=__proto__' }, 'en'],
  ])('where %s', (_case, sources, expected) => expect(chooseLanguage(sources)).toBe(expected));
});
