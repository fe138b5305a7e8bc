import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TargetView } from '#contract/finding.js';
import {
  resolveRequestSchema,
  resolveViewSchema,
  type Suggestion,
  suggestRequestSchema,
  suggestViewSchema,
} from '#contract/prompts.js';
import { type Route, route } from '../../http/route.js';
import { nearRank, type SuggestedName, suggestNames } from '../../prompts/suggestNames.js';
import type { ModelLibrary } from '../../segmenter/packages/modelPackage.js';
import { findModel } from '../../story/chooseModel.js';
import { explainPrompts, modelsFor } from '../../story/explainPrompts.js';
import { viewTarget } from '../../values/viewTarget.js';

/**
 * `/prompts`: how a text would be understood, and names to suggest while typing. Texts are sent in the body, so that
 * they do not end up in access logs.
 */
export function promptRoutes(library: ModelLibrary): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/prompts/resolve',
      operationId: 'resolvePrompts',
      summary: 'How a text would be understood; nothing runs',
      body: resolveRequestSchema,
      responses: { 200: { description: 'Each part of the text with its targets', schema: resolveViewSchema } },
      handler: async ({ body, send }) => send(200, await explainPrompts(library, definedOnly(body))),
    }),
    route({
      method: 'post',
      path: '/prompts/suggest',
      operationId: 'suggestPrompts',
      summary: 'Suggestions while typing, from all models for a series, best first',
      body: suggestRequestSchema,
      responses: { 200: { description: 'Names with their targets', schema: suggestViewSchema } },
      async handler({ body: { text, model: id, limit, ...series }, send }) {
        const models = id === undefined ? modelsFor(library, definedOnly(series)) : [findModel(library, id)];
        const offered: { readonly suggested: SuggestedName; readonly model: string }[] = [];
        for (const { manifest, vocabulary } of models) {
          // If no name begins with the text, similar names are computed, which takes some 20 ms per model.
          await nextTurn();
          for (const suggested of suggestNames(text, vocabulary, limit))
            offered.push({ suggested, model: manifest.id });
        }
        const best = Math.min(...offered.map(({ suggested }) => suggested.rank));
        const near = best >= nearRank;
        const fitting = offered.filter(({ suggested }) => near || suggested.rank < nearRank);
        send(200, {
          suggestions: merge(fitting).slice(0, limit),
          near: near && offered.length > 0,
        });
      },
    }),
  ];
}

interface Offered {
  readonly suggested: SuggestedName;
  readonly model: string;
}

/** Best rank first; names that several models share with the same code are merged into one suggestion. */
function merge(offered: readonly Offered[]): Suggestion[] {
  const merged = new Map<string, Suggestion>();
  for (const { suggested, model } of [...offered].sort((a, b) => a.suggested.rank - b.suggested.rank)) {
    const { name, also } = suggested;
    const targets = suggested.targets.map(viewTarget);
    const key = JSON.stringify([name.toLowerCase(), targets.map(meaningOf)]);
    const known = merged.get(key);
    if (known === undefined) merged.set(key, { name, ...(also !== undefined && { also }), targets, models: [model] });
    else known.models.push(model);
  }
  return [...merged.values()];
}

const meaningOf = ({ code, laterality }: TargetView) => [code.scheme, code.value, laterality];

/**
 * Drops members that are present but undefined: zod keeps them, and `exactOptionalPropertyTypes` distinguishes them
 * from absent ones.
 */
function definedOnly<T extends object>(value: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as never;
}
