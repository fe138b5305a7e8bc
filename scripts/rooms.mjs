/**
 * Counts folders ("rooms"), imports between them ("arrows") and floors of the sources from the JSON output of
 * dependency-cruiser on standard input. docs/develop/architecture.md has the command. `--areas` counts the folders of
 * the first level instead of all.
 */
import path from 'node:path';
import { text } from 'node:stream/consumers';

/** @type {{ modules: { source: string, dependencies: { resolved: string, dynamic: boolean }[] }[] }} */
const { modules } = JSON.parse(await text(process.stdin));
const isSource = /^(server|viewer-extension|[a-z]+-page|page-parts)\/.*\.tsx?$/;
const areas = /^(server\/(contract|src(\/[^/]+(?=\/))?)|viewer-extension\/src\/(pages\/)?[^/]+(?=\/)|[^/]+)/;
const roomOf = (/** @type {string} */ file) =>
  process.argv.includes('--areas') ? (areas.exec(file)?.[0] ?? '') : path.posix.dirname(file);

/** @type {Map<string, Set<string>>} */
const arrows = new Map();
const files = modules.filter(({ source }) => isSource.test(source));
for (const { source } of files) arrows.set(roomOf(source), new Set());
for (const { source, dependencies } of files)
  for (const { resolved, dynamic } of dependencies) {
    // dependency-cruiser does not resolve the alias in server/package.json.
    const to = roomOf(resolved.replace(/^#contract\//, 'server/contract/'));
    if (!dynamic && to !== roomOf(source) && arrows.has(to)) arrows.get(roomOf(source))?.add(to);
  }

/** Rooms that can be reached from each, by any number of arrows. */
const reach = new Map(
  [...arrows.keys()].map((start) => {
    const found = new Set([start]);
    for (const room of found) for (const next of arrows.get(room) ?? []) found.add(next);
    return [start, found];
  }),
);
const isInCircleWith = (/** @type {string} */ a, /** @type {string} */ b) =>
  reach.get(a)?.has(b) && reach.get(b)?.has(a);

/** @type {Map<string, number>} */
const floors = new Map();
/** The longest chain of arrows below a room; a circle is on one floor. @returns {number} */
function floorOf(/** @type {string} */ room) {
  const known = floors.get(room);
  if (known !== undefined) return known;
  const circle = [...arrows.keys()].filter((other) => isInCircleWith(room, other));
  const below = circle.flatMap((each) => [...(arrows.get(each) ?? [])]).filter((to) => !isInCircleWith(room, to));
  const floor = 1 + Math.max(0, ...below.map(floorOf));
  for (const each of circle) floors.set(each, floor);
  return floor;
}

const inCircles = [...arrows.keys()].filter((room) =>
  [...(arrows.get(room) ?? [])].some((to) => isInCircleWith(room, to)),
);
console.log({
  files: files.length,
  rooms: arrows.size,
  arrows: [...arrows.values()].reduce((sum, { size }) => sum + size, 0),
  floors: Math.max(...[...arrows.keys()].map(floorOf)),
  roomsInCircles: inCircles.length,
});
