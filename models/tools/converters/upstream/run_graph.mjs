// Runs one ONNX graph in onnxruntime-node: node run_graph.mjs GRAPH. On stdin, JSON: {inputs: {name: {file, type,
// dims}}, output, file}. Inputs are raw numbers, little endian; the output is written to `file` in the same way.
import { readFile, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { InferenceSession, Tensor } from 'onnxruntime-node';

let text = '';
for await (const part of process.stdin) text += part;
const { inputs, output, file } = JSON.parse(text);
const feeds = {};
for (const [name, { file: numbers, type, dims }] of Object.entries(inputs)) {
  const { buffer } = Uint8Array.from(await readFile(numbers));
  feeds[name] = new Tensor(type, type === 'int64' ? new BigInt64Array(buffer) : new Float32Array(buffer), dims);
}
const session = await InferenceSession.create(process.argv[2], { logSeverityLevel: 4 });
const { data } = (await session.run(feeds, [output]))[output];
await writeFile(file, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
await session.release();
