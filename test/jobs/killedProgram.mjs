/**
 * A program that takes the next job and ends it, and at the nth statement of that stays as it is until it is killed.
 * Its arguments, as JSON: the location of the database, the changes, n. Prints `reached` there, or `ended`.
 */
import { randomUUID } from 'node:crypto';
import { openJobs } from '../../server/dist/jobs/openJobs.js';
import { killAt } from '../support/killAt.mjs';

const [location, changes, statement] = process.argv.slice(2).map((each) => JSON.parse(each));
const jobs = await openJobs(location);
const worker = { id: randomUUID(), host: 'there' };
await jobs.workers.register(worker.id, {}, {});
const taken = await jobs.leases.takeNext(worker);
killAt(jobs.database, statement, () => {
  console.log('reached');
  return new Promise(() => setInterval(() => {}, 1000));
});
await jobs.leases.end(taken.lease, changes);
await jobs.close();
console.log('ended');
