// Runs one ONNX graph for a test, in a process of its own: node graphProcess.mjs GRAPH. Jest has array types of its
// own, which ONNX Runtime refuses. Messages: {input, data, dims, output}, and back the output's data.
import process from 'node:process';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const session = await InferenceSession.create(process.argv[2], { intraOpNumThreads: 1, logSeverityLevel: 4 });
process.on('message', async ({ input, data, dims, output }) => {
  const results = await session.run({ [input]: new Tensor('float32', data, dims) }, [output]);
  process.send(results[output].data);
});
