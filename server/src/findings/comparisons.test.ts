import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { type DicomJson, element } from '#contract/dicomJson.js';
import type { FoundFinding, Instance } from '#contract/finding.js';
import type { Job } from '#contract/job.js';
import type { Registration } from '#contract/registration.js';
import type { Archive } from '../pacs/archive.js';
import type { ModelPackage } from '../segmenter/packages/modelPackage.js';
import { nobody } from '../values/principal.js';
import { type Asker, createComparisons } from './comparisons.js';
import type { RegistrationTask } from './registrations.js';

/** An archive of studies with one series each: `study` → headers of its images. */
type Studies = Readonly<Record<string, DicomJson>>;

const headers = (study: string, date: string, more: DicomJson = {}): DicomJson => ({
  '0020000D': element('UI', study),
  '0020000E': element('UI', `${study}.1`),
  '00080018': element('UI', `${study}.1.1`),
  '00080020': element('DA', date),
  '00080060': element('CS', 'CT'),
  '00100020': element('LO', 'ZZ1'),
  '00201209': element('IS', 10),
  ...more,
});

const archiveOf = (studies: Studies, log: string[] = []): Pick<Archive, 'query' | 'retrieveMetadata'> => ({
  async query(resource, query) {
    log.push(resource.join('/'));
    const [, study] = resource;
    const all = Object.values(studies);
    if (study !== undefined) return all.filter((each) => each['0020000D']?.Value?.[0] === study);
    const { SeriesInstanceUID: series } = query;
    return series === undefined ? all : all.filter((each) => each['0020000E']?.Value?.[0] === series);
  },
  async retrieveMetadata(study) {
    log.push(`metadata ${study}`);
    return studies[study] === undefined ? [] : [studies[study]];
  },
});

const target = (id: string): FoundFinding['target'] => ({
  id,
  name: id,
  code: { value: id, scheme: 'SCT', meaning: id },
  displayColour: [1, 2, 3],
});
const found = (id: string, volumeMl: number): FoundFinding => ({
  status: 'found',
  prompt: id,
  target: target(id),
  segmentNumber: 1,
  volumeMl,
  voxelCount: 1,
  boundingBox: { first: [0, 0, 0], last: [0, 0, 0] },
});

const jobOf = (study: string, change: Partial<Job> = {}): Job => ({
  id: randomUUID(),
  state: 'completed',
  request: { studyInstanceUID: study, seriesInstanceUID: `${study}.1`, prompts: ['liver'] },
  targets: [target('liver')],
  createdAt: '2026-01-01T00:00:00.000Z',
  model: { id: 'body', version: '1.0.0', sha256: 'a' },
  stageTimes: {},
  notes: [],
  findings: [found('liver', 1500)],
  lastEventId: 1,
  ...change,
});

const asker: Asker = { principal: nobody, client: 'test', mayFind: undefined };

/** By 100 mm along x. */
const shifted: Registration = {
  status: 'used',
  text: 'Matched by place after rigid registration.',
  nowToBefore: [1, 0, 0, 100, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
  turnedDegrees: 0,
  shiftedMm: 100,
  information: 1.5,
  overlap: 1,
};

function comparisonsOf(studies: Studies, done: readonly Job[] = [], log?: string[], registration = shifted) {
  const submitted: Job['request'][] = [];
  const registered: RegistrationTask[] = [];
  const comparisons = createComparisons({
    archive: archiveOf(studies, log),
    service: {
      async submit(request) {
        submitted.push(request);
        const job = jobOf(request.studyInstanceUID, { request, state: 'queued', findings: [] });
        return { job, created: true };
      },
    },
    registrations: {
      async register(task) {
        registered.push(task);
        return registration;
      },
    },
    library: { packages: [{ sha256: 'a', manifest: { repeatability } } as unknown as ModelPackage] },
    lists: {
      list: async ({ studyInstanceUID }) => ({
        jobs: done.filter(({ request }) => request.studyInstanceUID === studyInstanceUID),
      }),
    },
  });
  return { comparisons, submitted, registered };
}

const now = headers('1.9', '20260201');
const before = headers('1.8', '20260101');

/** Of the model of `jobOf`. */
const repeatability = { source: 'Measured on a phantom.', percent: { spleen: 5 } };

describe('comparing with an earlier study', () => {
  it('runs the same text with the same model there', async () => {
    const { comparisons, submitted } = comparisonsOf({ '1.9': now, '1.8': before });
    const { comparison } = await comparisons.start(jobOf('1.9'), asker);
    expect(submitted).toEqual([
      { studyInstanceUID: '1.8', seriesInstanceUID: '1.8.1', prompts: ['liver'], model: 'body', allowPartial: true },
    ]);
    expect(comparison).toMatchObject({ before: { state: 'queued' }, prior: { daysBefore: 31 }, findings: [] });
  });

  it('stores nothing if the later job stored nothing, or if the caller says so', async () => {
    const { comparisons, submitted } = comparisonsOf({ '1.9': now, '1.8': before });
    const job = jobOf('1.9');
    const recognize = { store: false, withinSeconds: 60 };
    await comparisons.start({ ...job, request: { ...job.request, recognize } }, asker);
    await comparisons.start(job, asker, { isStored: false });
    expect(submitted.map((request) => request.recognize?.store)).toEqual([false, false]);
  });

  it('takes a completed job of the same text and model, and no other', async () => {
    const { request } = jobOf('1.8');
    const others = [
      jobOf('1.8', { model: { id: 'body', version: '0.9.0', sha256: 'b' } }),
      jobOf('1.8', { request: { ...request, prompts: ['spleen'] } }),
      jobOf('1.8', { request: { ...request, stack: '2' } }),
      jobOf('1.8', { request: { ...request, seriesInstanceUID: '1.8.2' } }),
      jobOf('1.8', { request: { ...request, recognize: { withinSeconds: 5 } } }),
    ];
    const same = jobOf('1.8', { findings: [found('liver', 1200)] });
    const { comparisons, submitted } = comparisonsOf({ '1.9': now, '1.8': before }, [...others, same]);
    const { comparison, created } = await comparisons.start(jobOf('1.9'), asker);
    expect([created, comparison.before.job]).toEqual([false, same.id]);
    expect(comparison.findings).toEqual([
      {
        target: target('liver'),
        status: 'in-both',
        before: { volumeMl: 1200 },
        now: { volumeMl: 1500 },
        changeMl: 300,
        changeFraction: 0.25,
      },
    ]);
    expect(submitted).toEqual([]);
    const without = comparisonsOf({ '1.9': now, '1.8': before }, others);
    await without.comparisons.start(jobOf('1.9'), asker);
    expect(without.submitted).toHaveLength(1);
  });

  it('uses what a person made of both results, and says so', async () => {
    const edited = (uid: string, volumeMl: number) => ({
      sopInstanceUID: uid,
      findings: [{ ...found('liver', volumeMl), change: 'edited', findingIndex: 0 }],
    });
    const earlier = jobOf('1.8', { editedResults: [edited('1.8.9', 1000)] as never });
    const later = jobOf('1.9', { editedResults: [edited('1.9.9', 1100)] as never });
    const { comparisons } = comparisonsOf({ '1.9': now, '1.8': before });
    const comparison = await comparisons.read(later, earlier, asker, { edited: '1.9.9' });
    expect(comparison).toMatchObject({
      now: { edited: '1.9.9' },
      before: { edited: '1.8.9' },
      findings: [{ changeMl: 100 }],
    });
    expect(await comparisons.read(later, earlier, asker)).toMatchObject({ findings: [{ changeMl: 500 }] });
    await expect(comparisons.read(later, earlier, asker, { edited: '1.2' })).rejects.toMatchObject({
      code: 'result-missing',
    });
  });

  it('says that a change is within what was measured for this version of the model, and only for it', async () => {
    const { comparisons } = comparisonsOf({ '1.9': now, '1.8': before });
    const spleens = (volumeMl: number, change: Partial<Job> = {}) =>
      jobOf('1.8', { findings: [found('spleen', volumeMl), found('liver', 1500)], ...change });
    const later = jobOf('1.9', { findings: [found('spleen', 105), found('liver', 1500)] });
    const within = await comparisons.read(later, spleens(100), asker);
    expect(within).toMatchObject({
      repeatability: 'Measured on a phantom.',
      findings: [{ repeatabilityPercent: 5, isWithinRepeatability: true }, {}],
    });
    expect(within.findings[1]).not.toHaveProperty('isWithinRepeatability');
    const beyond = await comparisons.read(later, spleens(99), asker);
    expect(beyond.findings[0]).toMatchObject({ isWithinRepeatability: false });
    const edited = [{ sopInstanceUID: '1.8.9', findings: [{ ...found('spleen', 100), change: 'edited' }] }] as never;
    const others = [
      spleens(100, { model: { id: 'body', version: '0.9.0', sha256: 'b' } }),
      spleens(100, { editedResults: edited }),
    ];
    for (const other of others) {
      const comparison = await comparisons.read(later, other, asker);
      expect(comparison.repeatability).toBeUndefined();
      expect(comparison.findings[0]).not.toHaveProperty('repeatabilityPercent');
    }
  });

  it('shows no figures of an earlier job that was cancelled, and says that the models differ', async () => {
    const { comparisons } = comparisonsOf({ '1.9': now, '1.8': before });
    const cancelled = jobOf('1.8', { state: 'cancelled' });
    expect(await comparisons.read(jobOf('1.9'), cancelled, asker)).toMatchObject({
      before: { state: 'cancelled' },
      findings: [],
    });
    const older = jobOf('1.8', { model: { id: 'body', version: '0.9.0', sha256: 'b' } });
    expect((await comparisons.read(jobOf('1.9'), older, asker)).modelsDiffer).toBe(true);
  });

  it('does not know studies that the person may not see', async () => {
    const log: string[] = [];
    const { comparisons } = comparisonsOf({ '1.9': now, '1.8': before }, [], log);
    const restricted = { ...asker, mayFind: async (study: string) => study === '1.9' };
    await expect(comparisons.start(jobOf('1.9'), restricted)).rejects.toMatchObject({
      code: 'prior-not-found',
      details: { leftOut: [] },
    });
    expect(log.filter((each) => each.includes('1.8'))).toEqual([]);
    const named = { seriesInstanceUID: '1.8.1' };
    await expect(comparisons.start(jobOf('1.9'), restricted, named)).rejects.toMatchObject({
      code: 'series-not-found',
    });
    await expect(comparisons.read(jobOf('1.9'), jobOf('1.8'), restricted)).rejects.toMatchObject({
      code: 'job-not-found',
    });
  });

  it('refuses a job that has not ended, failed, came from a box or is of single images', async () => {
    const { comparisons } = comparisonsOf({ '1.9': now, '1.8': before });
    const { volumeMl: _, ...flat } = found('liver', 1);
    const refusals = [
      { state: 'queued' },
      { state: 'failed' },
      { refinement: {} as never },
      { findings: [flat] },
    ] satisfies Partial<Job>[];
    const codes = refusals.map((change) => comparisons.start(jobOf('1.9', change), asker).catch(({ code }) => code));
    expect(await Promise.all(codes)).toEqual([
      'job-open',
      'comparison-unsuitable',
      'comparison-unsuitable',
      'comparison-unsuitable',
    ]);
  });
});

describe('places of instances', () => {
  const nodules = (...places: number[]): FoundFinding => ({
    ...found('nodule', 3),
    instances: {
      found: places.map(
        (x, n): Instance => ({
          number: n + 1,
          volumeMl: 1,
          voxelCount: 1,
          longestDiameterMm: 6,
          perpendicularDiameterMm: 6,
          slice: 0,
          centroidLps: [x, 0, 0],
        }),
      ),
      smaller: 0,
      minimumMl: 0,
      mergeMm: 0,
    },
  });
  const at = (study: string, date: string, frame: string) =>
    headers(study, date, {
      '00200052': element('UI', frame),
      '00280010': element('US', 512),
      '00280011': element('US', 256),
    });
  const ofFrames = (later: string, earlier: string, registration?: Registration) =>
    comparisonsOf(
      { '1.9': at('1.9', '20260201', later), '1.8': at('1.8', '20260101', earlier) },
      [],
      undefined,
      registration,
    );
  const [later, earlier] = [
    jobOf('1.9', { findings: [nodules(0, 50)] }),
    jobOf('1.8', { findings: [nodules(103.9, 0)] }),
  ];
  type Of = ReturnType<typeof ofFrames>;
  const changesIn = async ({ comparisons }: Of, registration?: 'rigid' | 'none') => {
    const comparison = await comparisons.read(later, earlier, asker, { registration });
    const { changes } = comparison.findings[0]!.instances!;
    return changes?.map(({ status, before: from, now: to }) => `${status} ${from} → ${to}`);
  };

  it('are matched after a rigid registration where the frames of reference differ', async () => {
    const of = ofFrames('1.91', '1.81');
    expect(await changesIn(of)).toEqual(['in-both 1 → 1', 'new  → 2', 'no-longer-found 2 → ']);
    const series = (study: string) => ({
      studyInstanceUID: study,
      seriesInstanceUID: `${study}.1`,
      pixels: 512 * 256 * 10,
    });
    expect(of.registered).toEqual([{ now: series('1.9'), before: series('1.8') }]);
    expect(await of.comparisons.read(later, earlier, asker)).toMatchObject({ registration: shifted });
  });

  it('are matched as the images state them in one frame of reference, unless a registration is asked for', async () => {
    const of = ofFrames('1.91', '1.91');
    expect(await changesIn(of)).toEqual(['in-both 2 → 1', 'new  → 2', 'no-longer-found 1 → ']);
    expect(of.registered).toEqual([]);
    expect(await changesIn(of, 'rigid')).toContain('in-both 1 → 1');
  });

  it('are not matched if nobody wants a registration, if it is not used, and while the earlier job runs', async () => {
    const of = ofFrames('1.91', '1.81');
    expect(await changesIn(of, 'none')).toBeUndefined();
    await of.comparisons.read(jobOf('1.9'), jobOf('1.8'), asker);
    const running = jobOf('1.8', { state: 'segmenting', findings: [] });
    await of.comparisons.read(later, running, asker, { registration: 'rigid' });
    expect(of.registered).toEqual([]);
    const unused: Registration = { status: 'not-used', reason: 'not-alike', text: 'Not alike.' };
    const without = ofFrames('1.91', '1.81', unused);
    expect(await changesIn(without)).toBeUndefined();
    expect(await without.comparisons.read(later, earlier, asker)).toMatchObject({ registration: unused });
    expect(await changesIn(ofFrames('1.91', '1.91', unused), 'rigid')).toContain('in-both 2 → 1');
  });
});

describe('the earlier study', () => {
  const reasonsFor = async (prior: DicomJson, later = now) =>
    (await comparisonsOf({ '1.9': later, '1.8': prior }).comparisons.priors(jobOf('1.9'), asker)).leftOut.map(
      ({ reason }) => reason,
    );

  it.each([
    ['earlier that day', '090000', '120000', []],
    ['the same minute', '120000', '120000', ['not-before']],
    ['a time that only one states', '', '120000', ['not-before']],
    ['later that day', '130000.5', '1200', ['not-before']],
  ])('of the same date: %s', async (_, earlier, later, reasons) => {
    const at = (study: string, time: string) => headers(study, '20260201', { '00080030': element('TM', time) });
    expect(await reasonsFor(at('1.8', earlier), at('1.9', later))).toEqual(reasons);
  });

  it('is of the same person if what both state agrees', async () => {
    const person = (name: string, born: string, sex: string): DicomJson => ({
      '00100010': element('PN', { Alphabetic: name }),
      '00100030': element('DA', born),
      '00100040': element('CS', sex),
    });
    const ada = headers('1.9', '20260201', person('Zürn^Ada^^', '19500101', 'F'));
    const prior = (...said: Parameters<typeof person>) => headers('1.8', '20260101', person(...said));
    expect(await reasonsFor(prior('ZURN^ADA', '', 'F'), ada)).toEqual([]);
    expect(await reasonsFor(prior('', '', ''), ada)).toEqual([]);
    for (const other of [prior('Zürn^Eva', '', ''), prior('', '19500102', ''), prior('', '', 'M')])
      expect(await reasonsFor(other, ada)).toEqual(['other-patient']);
  });

  it('is not one of another ID that the archive finds too', async () => {
    const wild = headers('1.9', '20260201', { '00100020': element('LO', 'ZZ*') });
    const { priors, leftOut } = await comparisonsOf({ '1.9': wild, '1.8': before }).comparisons.priors(
      jobOf('1.9'),
      asker,
    );
    expect([priors, leftOut]).toEqual([[], []]);
  });

  it('is looked for among forty series, the newest first, and says what was not read', async () => {
    const days = Array.from({ length: 50 }, (_, n) => [
      `1.7.${n}`,
      headers(`1.7.${n}`, `202501${String((n % 28) + 1).padStart(2, '0')}`),
    ]);
    const { comparisons } = comparisonsOf({ '1.9': now, ...Object.fromEntries(days) });
    const { priors, leftOut } = await comparisons.priors(jobOf('1.9'), asker);
    expect([priors.length, leftOut]).toEqual([40, [{ reason: 'not-examined', series: 10, text: expect.any(String) }]]);
    expect(priors[0]!.studyDate).toBe('2025-01-28');
  });
});
