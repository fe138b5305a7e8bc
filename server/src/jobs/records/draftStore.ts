import { EventEmitter } from 'node:events';
import type { Draft } from '#contract/drafts.js';
import type { Neighbours, RegionPrompt } from '#contract/imagePrompts.js';
import { mostClicks, mostPointsInAll, pointsOf } from '#contract/promptLimits.js';
import { recordAudit } from '../../database/auditTrail.js';
import type { Database, SqlExecutor } from '../../database/database.js';
import { PromptsegError } from '../../platform/errors.js';
import { type Actor, actorOf } from '../../values/principal.js';

/** What stays the same in a draft. */
export type DraftContent = Unchanging<Draft>;
type Unchanging<Kind> = Kind extends Draft
  ? Omit<Kind, 'id' | 'clicks' | 'version' | 'maskPosition' | 'createdAt' | 'changedAt'>
  : never;

/**
 * Segments made or corrected by clicks that are not stored yet, with their clicks as rows. Corrections end with the
 * record of the job that they correct.
 */
export interface DraftStore {
  create(content: DraftContent, by: Actor): Promise<Draft>;
  /** @throws PromptsegError `draft-not-found` */
  get(id: string): Promise<Draft>;
  /** The drafts of a study, the last changed first. */
  list(studyInstanceUID: string): Promise<readonly Draft[]>;
  /** @throws PromptsegError `draft-not-found`, `draft-full` */
  addClick(id: string, click: RegionPrompt, by: Actor): Promise<Draft>;
  /** Of a correction. @throws PromptsegError `draft-not-found` */
  setNeighbours(id: string, neighbours: Neighbours, by: Actor): Promise<Draft>;
  /** Removes the last click; without one nothing changes. @throws PromptsegError `draft-not-found` */
  removeLast(id: string, by: Actor): Promise<Draft>;
  /**
   * Ends a draft.
   * @param how for the audit trail
   * @param options.version only if nobody changed it since
   * @throws PromptsegError `draft-not-found`, `draft-changed`
   */
  end(
    id: string,
    how: 'accepted' | 'discarded',
    by: Actor,
    options?: { readonly version?: number; readonly sql?: SqlExecutor },
  ): Promise<void>;
  /** Calls the listener after every change of this draft by any process; returns a function that stops it. */
  subscribe(id: string, listener: () => void): () => void;
  /** The same for all drafts; calls the listener with nothing where changes may have been missed. */
  subscribeToAll(listener: (changed: ChangedDraft | undefined) => void): () => void;
}

/** A draft that was changed, or has ended. */
export type ChangedDraft = Pick<Draft, 'id' | 'studyInstanceUID'>;

const anyDraft = Symbol('any draft');

export async function openDraftStore(database: Database): Promise<DraftStore> {
  const emitter = new EventEmitter().setMaxListeners(0);
  await database.listen({
    channels: {
      promptseg_drafts(payload) {
        const changed = JSON.parse(payload) as ChangedDraft;
        emitter.emit(changed.id);
        emitter.emit(anyDraft, changed);
      },
    },
    onGap() {
      for (const id of emitter.eventNames()) emitter.emit(id);
    },
  });

  async function read(id: string, sql: SqlExecutor = database): Promise<Draft> {
    const { rows } = await sql.executeSql(`${selectDrafts} WHERE id = $1`, [id]);
    if (rows[0] === undefined) throw notFound();
    return draftOf(rows[0]);
  }

  /**
   * Changes a draft, one change at a time.
   * @param work returns what it did, for the audit trail; nothing where nothing changed
   */
  const change = (id: string, by: Actor, work: (sql: SqlExecutor, now: Draft) => Promise<string | undefined>) =>
    database.transaction(async (sql) => {
      await sql.executeSql('SELECT FROM promptseg.drafts WHERE id = $1 FOR UPDATE', [id]);
      const now = await read(id, sql);
      const what = await work(sql, now);
      if (what === undefined) return now;
      await sql.executeSql('UPDATE promptseg.drafts SET version = version + 1, changed_at = now() WHERE id = $1', [id]);
      await record(sql, now, what, by);
      return read(id, sql);
    });

  return {
    create: (content, by) =>
      database.transaction(async (sql) => {
        const { rows } = await sql.executeSql(
          'INSERT INTO promptseg.drafts (job_id, content) VALUES ($1, $2) RETURNING id',
          ['corrects' in content ? content.corrects.job : null, JSON.stringify(content)],
        );
        const draft = await read(String(rows[0]!.id), sql);
        await record(sql, draft, 'begun', by);
        return draft;
      }),

    get: (id) => read(id),

    async list(studyInstanceUID) {
      const { rows } = await database.executeSql(
        `${selectDrafts} WHERE content->>'studyInstanceUID' = $1 ORDER BY changed_at DESC, id`,
        [studyInstanceUID],
      );
      return rows.map(draftOf);
    },

    addClick: (id, click, by) =>
      change(id, by, async (sql, { clicks }) => {
        if (clicks.length >= mostClicks)
          throw new PromptsegError('draft-full', `A draft has at most ${mostClicks} clicks, scribbles and lassos.`);
        if (pointsOf([...clicks, click]) > mostPointsInAll)
          throw new PromptsegError(
            'draft-full',
            `The scribbles and lassos of a draft have at most ${mostPointsInAll} points together.`,
          );
        await sql.executeSql('INSERT INTO promptseg.draft_clicks (draft_id, number, click) VALUES ($1, $2, $3)', [
          id,
          clicks.length,
          JSON.stringify(click),
        ]);
        return `${click.kind} added`;
      }),

    removeLast: (id, by) =>
      change(id, by, async (sql, { clicks }) => {
        await sql.executeSql('DELETE FROM promptseg.draft_clicks WHERE draft_id = $1 AND number = $2', [
          id,
          clicks.length - 1,
        ]);
        const last = clicks.at(-1);
        return last && `${last.kind} removed`;
      }),

    setNeighbours: (id, neighbours, by) =>
      change(id, by, async (sql) => {
        await sql.executeSql('UPDATE promptseg.drafts SET content = content || $2::jsonb WHERE id = $1', [
          id,
          JSON.stringify({ neighbours }),
        ]);
        return 'neighbours changed';
      }),

    async end(id, how, by, { version, sql } = {}) {
      const work = async (transaction: SqlExecutor): Promise<void> => {
        await transaction.executeSql('SELECT FROM promptseg.drafts WHERE id = $1 FOR UPDATE', [id]);
        const now = await read(id, transaction);
        if (version !== undefined && version !== now.version)
          throw new PromptsegError('draft-changed', 'The draft was changed meanwhile.');
        await transaction.executeSql('DELETE FROM promptseg.drafts WHERE id = $1', [id]);
        await record(transaction, now, how, by);
      };
      await (sql === undefined ? database.transaction(work) : work(sql));
    },

    subscribe(id, listener) {
      emitter.on(id, listener);
      return () => emitter.off(id, listener);
    },

    subscribeToAll(listener) {
      emitter.on(anyDraft, listener);
      return () => emitter.off(anyDraft, listener);
    },
  };
}

const selectDrafts = `SELECT id, content, version, created_at, changed_at,
    (SELECT coalesce(jsonb_agg(click ORDER BY number), '[]') FROM promptseg.draft_clicks WHERE draft_id = id) AS clicks
  FROM promptseg.drafts`;

/** Records a change in the audit trail, without the place of a click or stroke, and announces it. */
async function record(sql: SqlExecutor, draft: Draft, change: string, by: Actor): Promise<void> {
  const { id, studyInstanceUID, seriesInstanceUID } = draft;
  await recordAudit(sql, {
    kind: 'draft-changed',
    actor: actorOf(by),
    outcome: 'success',
    study: { studyInstanceUID, seriesInstanceUID },
    things: [
      { type: 'draft', id, detail: { change } },
      ...('corrects' in draft ? [{ type: 'job' as const, id: draft.corrects.job }] : []),
    ],
  });
  const changed: ChangedDraft = { id, studyInstanceUID };
  await sql.executeSql(`SELECT pg_notify('promptseg_drafts', $1)`, [JSON.stringify(changed)]);
}

function draftOf(row: Record<string, unknown>): Draft {
  return {
    ...(row.content as DraftContent),
    id: String(row.id),
    clicks: row.clicks as RegionPrompt[],
    version: Number(row.version),
    createdAt: new Date(row.created_at as string).toISOString(),
    changedAt: new Date(row.changed_at as string).toISOString(),
  };
}

const notFound = (): PromptsegError =>
  new PromptsegError('draft-not-found', 'There is no draft with this id: it was accepted, discarded or too old.');
