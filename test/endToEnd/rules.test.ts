import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSeries, type SeriesOptions } from '../../dicom-fixtures/src/createSeries.js';
import { freePort } from '../../scripts/setup/freePort.mjs';
import { repository } from '../../scripts/setup/paths.mjs';
import { type Server, startServer } from '../../scripts/setup/server.mjs';
import { setUpViewer } from '../../scripts/setup/viewer.mjs';
import type { DryRunView, RecentMatchesView, RulesView, RuleView } from '../../server/contract/rules.js';
import { createDicomWebArchive } from '../../server/src/pacs/dicomWebArchive.js';
import { describeSeries } from '../../server/src/routing/rules/describeSeries.js';
import { startTestOrthanc, type TestOrthanc } from '../support/orthanc.js';
import { newServerData, type ServerData } from '../support/sharedPostgres.js';
import { until } from '../support/until.js';
import { call, uidsOf } from './productClient.js';

/**
 * The built server with a rule file beside a real Orthanc, as an administrator uses it: over REST and at the command
 * line.
 */
let orthanc: TestOrthanc;
let server: Server;
let restart: () => Promise<void>;
let data: ServerData;
let folder: string;
let file: string;
/** Study Instance UID. */
let study: string;
const series = new Map<string, string>();

const rulesText = (sliceSpacing: number): string => `version: 1
rules:
  - name: thin-ct
    enabled: false
    match:
      all:
        - { attribute: Modality, equals: ct }
        - { attribute: SeriesDescription, matches: "(?i)thorax" }
        - { derived: is3D, equals: true }
        - { derived: sliceSpacing, atMost: ${sliceSpacing} }
        - { not: { attribute: ContrastBolusAgent, exists: true } }
    prompts: [left lung, airways, unheard-of organ]
    output: { report: true, secondaryCapture: true, rtStructureSet: false }
`;

beforeAll(async () => {
  orthanc = await startTestOrthanc();
  const add = async (
    name: string,
    more: Partial<SeriesOptions>,
    attributes: object,
    slices = 12,
    step = 1,
  ): Promise<void> => {
    const instances = await createSeries({
      name,
      study: 'study with rules',
      modality: 'CT',
      grid: { size: [8, 8, slices], voxelToLps: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, step, 0, 0, 0, 0, 1] },
      valueAt: () => 0,
      attributes: () => ({ SeriesDescription: name, ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'], ...attributes }),
      ...more,
    });
    const { studyInstanceUID, seriesInstanceUID } = uidsOf(instances[0]!);
    study = studyInstanceUID;
    series.set(name, seriesInstanceUID);
    await orthanc.upload(instances);
  };
  await add('Thorax dünn', {}, { SpecificCharacterSet: 'ISO_IR 192', BodyPartExamined: 'CHEST' });
  await add('Thorax thick', {}, {}, 12, 5);
  await add('Thorax contrast', {}, { ContrastBolusAgent: 'Iodine' });
  await add('Thorax MPR', {}, { ImageType: ['DERIVED', 'PRIMARY', 'MPR'] });
  await add('Thorax scout', {}, {}, 2);
  await add('Thorax MR', { modality: 'MR' }, {});

  data = await newServerData('promptseg-rules-');
  folder = data.folder;
  file = path.join(folder, 'rules.yaml');
  await writeFile(file, rulesText(2));
  const viewer = await setUpViewer();
  const port = await freePort();
  const start = (): Promise<Server> =>
    startServer({
      archive: orthanc.dicomWebUrl,
      viewer,
      data: folder,
      port,
      settings: { ...orthanc.settings, ...data.settings, PROMPTSEG_RULES_FILE: file },
    });
  server = await start();
  restart = async () => {
    await server.kill();
    server = await start();
  };
});
afterAll(async () => {
  await server?.stop();
  await orthanc?.stop();
  await data?.remove();
});

async function promptseg(...args: string[]): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [path.join(repository, 'server/bin/promptseg.mjs'), 'rules', ...args], {
    env: { ...process.env, PROMPTSEG_SERVER: server.url },
  });
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code, output: output + errors };
}
const json = async <T>(...args: string[]): Promise<T> => JSON.parse((await promptseg(...args, '--json')).output) as T;

const fileState = (wanted: 'valid' | 'refused'): Promise<RulesView> =>
  until(async () => {
    const { body } = await call<RulesView>(server, 'GET', '/rules');
    return body.ruleFile?.state === wanted && body;
  });

describe('rules beside a real Orthanc', () => {
  it('say of each series of a study whether they match, why, and which job they would make', async () => {
    const { series: runs } = await json<DryRunView>('test', 'thin-ct', '--study', study);
    const reported = new Map(runs.map((run) => [run.seriesInstanceUID, run]));
    expect(Object.fromEntries([...series].map(([name, uid]) => [name, reported.get(uid)?.because]))).toEqual({
      'Thorax dünn': expect.stringContaining('SeriesDescription is "Thorax dünn", which matches (?i)thorax.'),
      'Thorax thick': 'sliceSpacing is 5 mm, more than 2.',
      'Thorax contrast': 'The series has ContrastBolusAgent.',
      'Thorax MPR': 'The images are derived from others, and the rule does not name isDerived.',
      'Thorax scout': 'is3D is false, not true.',
      'Thorax MR': 'Modality is MR, not ct.',
    });
    expect(runs.filter(({ matched }) => matched)).toEqual([
      expect.objectContaining({
        seriesInstanceUID: series.get('Thorax dünn'),
        numberOfImages: 12,
        job: expect.objectContaining({
          request: expect.objectContaining({
            output: { report: true, secondaryCapture: true, rtStructureSet: false },
          }),
          model: expect.objectContaining({ id: 'ct-tissues' }),
          targets: [expect.objectContaining({ name: 'Left lung' }), expect.objectContaining({ name: 'Airways' })],
          refused: [expect.objectContaining({ prompt: 'unheard-of organ' })],
        }),
      }),
    ]);
    const { output } = await promptseg('test', 'thin-ct', '--study', study);
    expect(output).toMatch(
      /Thorax dünn +12 +yes .* Left lung, Airways with ct-tissues\. Also stores secondaryCapture, report\./,
    );
  });

  it('say which recent series they match', async () => {
    const { body } = await call<RecentMatchesView>(server, 'GET', '/rules/thin-ct/recent-matches');
    expect(body.unread).toBe(0);
    expect(body.series.filter(({ matched }) => matched).map(({ description }) => description)).toEqual(['Thorax dünn']);
    expect(body.series).toHaveLength(series.size);
  });

  it('know all that the archive says, also where a series is too long to be read whole', async () => {
    const archive = createDicomWebArchive(orthanc.dicomWeb);
    const uids = { studyInstanceUID: study, seriesInstanceUID: series.get('Thorax dünn')! };
    const whole = await describeSeries(archive, uids);
    expect(whole.derived).toEqual({
      numberOfImages: 12,
      sliceSpacing: 1,
      sliceThickness: expect.any(Number),
      is3D: true,
      isPrimary: true,
      isAxial: true,
      bodyPart: ['chest', 'trunk'],
      isDerived: false,
      isSecondaryCapture: false,
    });
    expect(whole.sopInstanceUIDs).toHaveLength(12);
    expect(whole.attributes['00080061']?.Value).toEqual(expect.arrayContaining(['CT', 'MR']));
    const ofLong = {
      ...archive,
      query: async (...parameters: Parameters<typeof archive.query>) =>
        (await archive.query(...parameters)).map((dataset) => ({ ...dataset, '00201209': { Value: [100_000] } })),
    };
    const long = await describeSeries(ofLong, uids);
    expect(long.derived).toEqual(whole.derived);
    expect(long.sopInstanceUIDs).toEqual(whole.sopInstanceUIDs);
    await expect(describeSeries(archive, { ...uids, seriesInstanceUID: '1.2.3' })).rejects.toMatchObject({
      code: 'series-not-found',
    });
  });

  it('follow their file; one that is not valid is refused, and the rules stay, also after a restart', async () => {
    await writeFile(file, rulesText(2).replace('Modality', 'Modalty'));
    const refused = await fileState('refused');
    expect(refused.ruleFile?.problem).toMatchObject({
      code: 'rule-invalid',
      detail: expect.stringContaining('Line 7, column 24, /rules/0/match/all/0/attribute'),
    });
    expect(refused.rules).toMatchObject([{ version: 1, origin: 'file', readOnly: true }]);
    expect((await promptseg('list')).output).toMatch(/thin-ct .*\nThe rule file is refused: Line 7/);
    await restart();
    expect(await fileState('refused')).toMatchObject({ rules: [{ version: 1 }] });
    await writeFile(file, rulesText(6));
    expect((await fileState('valid')).rules).toMatchObject([{ version: 2 }]);
    expect(
      (await json<DryRunView>('test', 'thin-ct', '--study', study)).series.filter(({ matched }) => matched),
    ).toHaveLength(2);
    expect(await readFile(server.logFile, 'utf8')).toContain('the rule file is refused');
  });

  it('are checked, applied, shown and switched at the command line', async () => {
    const wrong = path.join(folder, 'wrong.yaml');
    await writeFile(
      wrong,
      'version: 1\nrules:\n  - name: mine\n    match: { attribute: Modality }\n    prompts: [bone]\n',
    );
    const place = /wrong\.yaml:4:12: \/rules\/0\/match needs just one of equals/;
    expect(await promptseg('validate', wrong)).toEqual({ code: 1, output: expect.stringMatching(place) });
    expect(await promptseg('apply', wrong)).toMatchObject({
      code: 1,
      output: expect.stringContaining('Line 4, column 12'),
    });

    const mine = path.join(folder, 'mine.yaml');
    await writeFile(
      mine,
      'version: 1\nrules:\n  - name: mine\n    match: { all: [] }\n    prompts: [bone, pancreas]\n    enabled: false\n',
    );
    expect(await promptseg('apply', mine)).toMatchObject({
      code: 1,
      output: expect.stringContaining('would segment everything'),
    });
    expect(await promptseg('apply', mine, '--confirm')).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^2 rules are valid now\.\n.*\nmine: "pancreas" is not understood/),
    });
    expect(await promptseg('enable', 'thin-ct')).toMatchObject({
      code: 1,
      output: expect.stringContaining('kept in the rule file'),
    });
    await writeFile(
      mine,
      'version: 1\nrules:\n  - { name: mine, match: { attribute: Modality, equals: XA }, prompts: [bone] }\n',
    );
    expect((await promptseg('apply', mine)).code).toBe(0);
    expect(await promptseg('disable', 'mine')).toEqual({ code: 0, output: 'The rule mine is disabled.\n' });
    expect(await json<RuleView>('show', 'mine')).toMatchObject({ version: 3, rule: { enabled: false } });
    const { rules } = (await call<RulesView>(server, 'GET', '/rules')).body;
    expect(rules.map(({ rule }) => rule.name)).toEqual(['thin-ct', 'mine']);
    expect(await promptseg('show', 'nobody')).toMatchObject({
      code: 1,
      output: expect.stringContaining('There is no rule "nobody".'),
    });
  });
});
