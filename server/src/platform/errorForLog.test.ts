import { PGlite } from '@electric-sql/pglite';
import { describe, expect, it } from '@jest/globals';
import { errorForLog, framesOf } from './errorForLog.js';
import { PromptsegError } from './errors.js';

const marker = 'ZZMARKER Brunhilde 19440229';
const thrownBy = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

describe('an error in the log', () => {
  it('of the database says its code and where it was thrown, nothing of what the database was given', async () => {
    const database = await PGlite.create();
    await database.exec('CREATE TABLE sets (name text UNIQUE CHECK (length(name) < 40), content jsonb)');
    const insert = (name: string, content: string): Promise<unknown> =>
      database.query('INSERT INTO sets VALUES ($1, $2)', [name, content]).catch((error) => error);
    await insert(marker, '{}');
    const errors = [
      await insert(marker, '{}'),
      await insert(`${marker}${marker}`, '{}'),
      await insert('a', `{"prompt": "${marker}`),
      await insert('a', `"${marker}\\ud800"`),
      await insert(`${marker}\0`, '{}'),
    ];
    await database.close();
    for (const error of errors) {
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).toContain('ZZMARKER');
      const logged = errorForLog(error);
      expect(logged).toMatchObject({ type: 'error', code: expect.stringMatching(/^[0-9A-Z]{5}$/) });
      expect(JSON.stringify(logged)).not.toContain('ZZMARKER');
    }
  });

  it('takes no line of a message for a frame, whatever it looks like', () => {
    const error = new Error(`bad text:\n    at ${marker} 12:30:45\n    at f (${marker}:1:1)`);
    const logged = errorForLog(error);
    expect(JSON.stringify(logged)).not.toContain('ZZMARKER');
    expect(logged.at?.[0]).toMatch(/errorForLog\.test/);
  });

  it('keeps the frames of a stack, not a message that looks like one', () => {
    const error = new Error(`first\n    at ${marker}\nthird ${marker}`);
    const frames = framesOf(error.stack ?? '');
    expect(frames[0]).toContain('errorForLog.test.ts');
    expect(JSON.stringify(errorForLog(error))).not.toContain('ZZMARKER');
  });

  it('keeps our sentence where it is about the server, and leaves out one about a request', () => {
    const cause = Object.assign(new Error(marker), { code: 'ECONNREFUSED' });
    expect(errorForLog(new PromptsegError('database-unreachable', 'The database is down.', { cause }))).toMatchObject({
      code: 'database-unreachable',
      reason: 'The database is down.',
      cause: { type: 'Error', code: 'ECONNREFUSED' },
    });
    expect(errorForLog(new PromptsegError('prompt-not-understood', marker))).toEqual({
      type: 'PromptsegError',
      code: 'prompt-not-understood',
    });
  });

  it('that is no error, or names itself strangely, gives nothing away', () => {
    expect(errorForLog(marker)).toEqual({ type: 'string' });
    const strange = Object.assign(new Error('x'), { name: marker, code: marker });
    expect(JSON.stringify(errorForLog(strange))).not.toContain('ZZMARKER');
    const broken = thrownBy(() => JSON.parse(`{"${marker}`));
    expect(JSON.stringify(errorForLog(broken))).not.toContain('ZZMARKER');
  });
});
