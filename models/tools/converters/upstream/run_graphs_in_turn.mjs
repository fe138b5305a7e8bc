// Runs ONNX graphs in onnxruntime-node one after another. On stdin, JSON: {folder, tensors: [{name, type, dims}],
// graphs: [{file, outputs}]}. Tensors are read from <name>.bin (little endian); an output becomes <name>.bin and an
// input of the graphs after it. Prints the shapes of all outputs as JSON.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';

let text = '';
for await (const part of process.stdin) text += part;
const { folder, tensors, graphs } = JSON.parse(text);

const known = {};
for (const { name, type, dims } of tensors) {
  const { buffer } = Uint8Array.from(await readFile(path.join(folder, `${name}.bin`)));
  known[name] = new Tensor(type, type === 'int64' ? new BigInt64Array(buffer) : new Float32Array(buffer), dims);
}
const shapes = {};
for (const { file, outputs } of graphs) {
  const session = await InferenceSession.create(path.join(folder, file), { logSeverityLevel: 4 });
  const results = await session.run(Object.fromEntries(session.inputNames.map((name) => [name, known[name]])), outputs);
  for (const name of outputs) {
    known[name] = results[name];
    shapes[name] = results[name].dims;
    await writeFile(path.join(folder, `${name}.bin`), new Uint8Array(results[name].data.buffer));
  }
  await session.release();
}
console.log(JSON.stringify(shapes));
