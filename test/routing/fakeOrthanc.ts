import type { DicomJson } from '../../server/contract/dicomJson.js';
import type { Archive } from '../../server/src/pacs/archive.js';
import type { Change, ChangesPage, OrthancChanges, OrthancSeries } from '../../server/src/pacs/orthancChanges.js';
import { PromptsegError } from '../../server/src/platform/errors.js';

interface HeldSeries {
  readonly study: string;
  readonly studyDate: string;
  readonly attributes: DicomJson;
  readonly instances: string[];
  stable: boolean;
  lastUpdate: string;
}

/**
 * An archive of which nothing but headers is asked, and which can do what Orthanc does when it is restarted, cleared or
 * replaced.
 */
export interface FakeOrthanc {
  readonly archive: Archive;
  readonly changes: OrthancChanges;
  /** Instances of a series arrive; `stable`: nothing more comes. */
  receive(series: string, instances: number, options?: ReceiveOptions): void;
  /** Says StableSeries of it. */
  becomeStable(series: string): void;
  /** Forgets which series are not stable, as a restart does. */
  restart(): void;
  /** Takes all entries out of the list of changes. */
  clearChanges(): void;
  /** Begins to count again, as a database that is made again does; its series are there again. */
  recreate(): void;
  remove(series: string): void;
  /** Requests fail with this as long as it is set. */
  failure: PromptsegError | undefined;
  /** Of these series only. */
  readonly unreadable: Set<string>;
  readonly requests: string[];
  now: string;
}

interface ReceiveOptions {
  readonly study?: string;
  readonly studyDate?: string;
  readonly modality?: string;
  readonly imageType?: readonly string[];
  readonly manufacturer?: string;
  readonly stable?: boolean;
}

const text = (value: string) => ({ vr: 'LO', Value: [value] });

export function fakeOrthanc(): FakeOrthanc {
  const held = new Map<string, HeldSeries>();
  let changes: Change[] = [];
  let sequence = 0;
  const idOf = (uid: string): string => `orthanc-${uid}`;
  const uidOf = (id: string): string => id.replace('orthanc-', '');
  const note = (ChangeType: string, ID: string, ResourceType: string): void => {
    sequence++;
    changes.push({ ChangeType, ID, ResourceType, Seq: sequence, Date: orthanc.now });
  };
  const toSeries = (uid: string): OrthancSeries[] => {
    const series = held.get(uid);
    if (series === undefined) return [];
    const { study: studyInstanceUID, instances, stable: isStable, lastUpdate } = series;
    return [
      {
        archiveId: idOf(uid),
        studyInstanceUID,
        seriesInstanceUID: uid,
        instanceIds: instances.map(idOf),
        isStable,
        lastUpdate,
      },
    ];
  };
  const ask = (what: string): void => {
    orthanc.requests.push(what);
    if (orthanc.failure !== undefined) throw orthanc.failure;
  };
  const ofStudy = (study: string | undefined): [string, HeldSeries][] =>
    [...held].filter(([, one]) => one.study === study);
  const page = (found: Change[], limit: number): ChangesPage => ({
    Changes: found.slice(0, limit),
    Done: found.length <= limit,
    Last: found.slice(0, limit).at(-1)?.Seq ?? sequence,
  });

  const orthanc: FakeOrthanc = {
    failure: undefined,
    unreadable: new Set(),
    requests: [],
    now: '20260101T120000',
    receive(series, count, options = {}) {
      const {
        study = '1.2',
        studyDate = '20260101',
        modality = 'CT',
        imageType = ['ORIGINAL', 'PRIMARY', 'AXIAL'],
      } = options;
      const before = held.get(series);
      const one: HeldSeries = before ?? {
        study,
        studyDate,
        attributes: {
          '0020000D': text(study),
          '0020000E': text(series),
          '00080060': text(modality),
          '00080008': { vr: 'CS', Value: [...imageType] },
          '00080070': text(options.manufacturer ?? 'Scanner'),
          '00080016': text('1.2.840.10008.5.1.4.1.1.2'),
        },
        instances: [],
        stable: false,
        lastUpdate: '',
      };
      held.set(series, one);
      one.stable = false;
      one.lastUpdate = orthanc.now;
      for (let instance = 0; instance < count; instance++) {
        const uid = `${series}.${one.instances.length + 1}`;
        one.instances.push(uid);
        note('NewInstance', idOf(uid), 'Instance');
      }
      if (before === undefined) note('NewSeries', idOf(series), 'Series');
      if (options.stable !== false) orthanc.becomeStable(series);
    },
    becomeStable(series) {
      held.get(series)!.stable = true;
      note('StableSeries', idOf(series), 'Series');
    },
    restart() {
      for (const series of held.values()) series.stable = true;
    },
    clearChanges() {
      changes = [];
    },
    recreate() {
      changes = [];
      sequence = 0;
    },
    remove(series) {
      held.delete(series);
      changes = changes.filter(({ ID }) => !uidOf(ID).startsWith(series));
    },

    changes: {
      async after(since, limit) {
        ask('changes');
        return page(
          changes.filter(({ Seq }) => Seq > since),
          limit,
        );
      },
      async last() {
        ask('last change');
        return { Changes: changes.slice(-1), Done: true, Last: sequence };
      },
      async seriesOf(ids) {
        ask('series of changes');
        const uids = ids.map(uidOf);
        const found = [...held].filter(([uid, { instances }]) =>
          uids.some((one) => one === uid || instances.includes(one)),
        );
        return found.flatMap(([uid]) => toSeries(uid));
      },
      async listSeries(offset, limit) {
        ask('all series');
        return [...held.keys()].slice(offset, offset + limit).flatMap(toSeries);
      },
    },
    archive: {
      async ping() {
        ask('ping');
      },
      async query(resource, query) {
        ask(`query ${resource.join('/')}`);
        if (resource.length === 1) {
          const { StudyDate, StudyInstanceUID, offset = '0', limit = '1000' } = query;
          const [from = '', to = StudyDate?.includes('-') ? '99999999' : from] = (StudyDate ?? '-')
            .split('-')
            .map((day) => day || undefined);
          const studies = new Map<string, number>();
          for (const { study, studyDate, instances } of held.values())
            if ((StudyInstanceUID ?? study) === study && studyDate >= from && studyDate <= to)
              studies.set(study, (studies.get(study) ?? 0) + instances.length);
          return [...studies].slice(Number(offset), Number(offset) + Number(limit)).map(([study, instances]) => ({
            '0020000D': text(study),
            '00201206': { Value: [ofStudy(study).length] },
            '00201208': { Value: [instances] },
          }));
        }
        return ofStudy(resource[1])
          .filter(([uid]) => (query.SeriesInstanceUID ?? uid) === uid)
          .map(([, { attributes, instances }]) => ({ ...attributes, '00201209': { Value: [instances.length] } }));
      },
      async retrieveMetadata(_study, series) {
        ask(`metadata ${series}`);
        if (orthanc.unreadable.has(series))
          throw new PromptsegError('archive-broken-answer', 'The archive met an error.');
        const { attributes, instances } = held.get(series)!;
        return instances.map((uid, index) => ({
          ...attributes,
          '00080018': text(uid),
          '00200013': { Value: [index + 1] },
          '00280010': { Value: [16] },
        }));
      },
      async findSeries(studyInstanceUID, seriesInstanceUID) {
        ask('find series');
        const series = held.get(seriesInstanceUID);
        if (series === undefined)
          throw new PromptsegError('series-not-found', 'The archive does not hold this series.');
        return {
          studyInstanceUID,
          seriesInstanceUID,
          modality: String(series.attributes['00080060']?.Value?.[0]),
          description: '',
          numberOfInstances: series.instances.length,
        };
      },
    } as Partial<Archive> as Archive,
  };
  return orthanc;
}
