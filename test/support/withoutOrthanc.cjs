// Preloaded (`node --require`) into a program: a machine without Orthanc, Docker and apt, on which nobody is root.
'use strict';
const fs = require('node:fs/promises');
const { syncBuiltinESMExports } = require('node:module');
const path = require('node:path');

const missing = new Set(['Orthanc', 'docker', 'apt-get', 'sudo']);
const { access } = fs;
fs.access = async (file, ...rest) => {
  if (missing.has(path.basename(String(file)))) throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
  return access(file, ...rest);
};
process.getuid = () => 1000;
syncBuiltinESMExports();
