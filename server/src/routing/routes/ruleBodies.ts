import express, { type Request, type RequestHandler } from 'express';
import { z } from 'zod';
import { requireWellFormedBody } from '../../http/wellFormedText.js';

/** Middleware before the routes of rules. */
export const ruleBodies: readonly RequestHandler[] = [
  express.text({ type: ['application/yaml', 'application/x-yaml', 'text/yaml'], limit: '1mb' }),
  requireWellFormedBody,
];

/** Whether a body is YAML; otherwise it was parsed as JSON. */
export const isText = (request: Request): boolean => typeof request.body === 'string';

/** The OpenAPI description of such a body. */
export const jsonOrYaml = (schema: z.ZodType) => ({ 'application/json': schema, 'application/yaml': z.string() });

export const ruleParams = z.object({ name: z.string().describe('Name of the rule') });
