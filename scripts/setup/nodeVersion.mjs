/** Imported first by the programs that people start: an older Node.js would fail later with an unclear error. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 11)) {
  console.error(`Promptseg needs Node.js 20.11 or newer; this is ${process.version}.`);
  process.exit(1);
}
