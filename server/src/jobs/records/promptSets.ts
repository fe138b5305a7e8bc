import type { PromptSet, PromptSetRequest } from '#contract/promptSet.js';
import { recordAudit } from '../../database/auditTrail.js';
import type { Database } from '../../database/database.js';
import { PromptsegError } from '../../platform/errors.js';
import { type Actor, actorOf, system } from '../../values/principal.js';

/** The named sets of prompts of this server. */
export interface PromptSets {
  /** By name. */
  list(): Promise<readonly PromptSet[]>;
  /** @throws PromptsegError `prompt-set-exists` if another set has the name, ignoring case */
  create(request: PromptSetRequest, by?: Actor): Promise<PromptSet>;
  /** @throws PromptsegError `prompt-set-not-found`, `prompt-set-exists` */
  change(id: string, request: PromptSetRequest, by?: Actor): Promise<PromptSet>;
  /** @throws PromptsegError `prompt-set-not-found` */
  remove(id: string, by?: Actor): Promise<void>;
}

/** SQLSTATE unique_violation (PostgreSQL, appendix A): the database decides which of two simultaneous writes wins. */
const uniqueViolation = '23505';
const columns = 'id, content, created_at, changed_at';

export function createPromptSets(database: Database): PromptSets {
  /** Runs a statement that changes one set, and records it; undefined if it matched none. */
  async function write(
    change: 'created' | 'changed' | 'deleted',
    by: Actor,
    statement: string,
    values: readonly unknown[],
  ): Promise<PromptSet | undefined> {
    try {
      return await database.transaction(async (sql) => {
        const { rows } = await sql.executeSql(`${statement} RETURNING ${columns}`, values);
        const set = rows[0] && promptSetOf(rows[0]);
        if (set !== undefined)
          await recordAudit(sql, {
            kind: 'prompt-set-changed',
            actor: actorOf(by),
            outcome: 'success',
            things: [{ type: 'prompt-set', id: set.id, detail: { change } }],
          });
        return set;
      });
    } catch (error) {
      if ((error as { code?: unknown }).code !== uniqueViolation) throw error;
      throw new PromptsegError('prompt-set-exists', 'Another set of prompts has this name.', { cause: error });
    }
  }

  return {
    async list() {
      const { rows } = await database.executeSql(`SELECT ${columns} FROM promptseg.prompt_sets ORDER BY lower(name)`);
      return rows.map(promptSetOf);
    },

    async create(request, by = system) {
      const statement = 'INSERT INTO promptseg.prompt_sets (name, content) VALUES ($1, $2)';
      return (await write('created', by, statement, valuesOf(request)))!;
    },

    async change(id, request, by = system) {
      const statement = 'UPDATE promptseg.prompt_sets SET name = $1, content = $2, changed_at = now() WHERE id = $3';
      const changed = await write('changed', by, statement, [...valuesOf(request), id]);
      if (changed === undefined) throw notFound();
      return changed;
    },

    async remove(id, by = system) {
      const removed = await write('deleted', by, 'DELETE FROM promptseg.prompt_sets WHERE id = $1', [id]);
      if (removed === undefined) throw notFound();
    },
  };
}

const valuesOf = (request: PromptSetRequest): readonly unknown[] => [request.name, JSON.stringify(request)];

function promptSetOf(row: Record<string, unknown>): PromptSet {
  return {
    ...(row.content as PromptSetRequest),
    id: String(row.id),
    createdAt: new Date(row.created_at as string).toISOString(),
    changedAt: new Date(row.changed_at as string).toISOString(),
  };
}

const notFound = (): PromptsegError =>
  new PromptsegError('prompt-set-not-found', 'There is no set of prompts with this id.');
