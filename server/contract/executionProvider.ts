import { z } from 'zod';

/** The execution providers of ONNX Runtime that the server can use. */
export const executionProviderSchema = z.enum(['cpu', 'cuda', 'webgpu', 'coreml', 'dml']);

export type ExecutionProvider = z.infer<typeof executionProviderSchema>;

/** Values of the setting; `auto` selects the best provider that works on this machine. */
export const askedProviderSchema = z.enum(['auto', ...executionProviderSchema.options]);

export type AskedProvider = z.infer<typeof askedProviderSchema>;
