/**
 * Imported first by what people start: an older Node.js would end later, with an error that does not say so.
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 11)) {
  console.error(`Promptseg needs Node.js 20.11 or newer; this is ${process.version}.`);
  process.exit(1);
}
