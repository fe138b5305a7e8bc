import { conditionSchema } from '#contract/condition.js';
import { findingSchema, targetViewSchema } from '#contract/finding.js';
import { jobSchema, segmentationRequestSchema } from '#contract/job.js';
import { modelViewSchema } from '#contract/models.js';
import { problemSchema } from '#contract/problem.js';
import { promptSetSchema } from '#contract/promptSet.js';
import { workerViewSchema } from '#contract/queue.js';
import { backfillSchema } from '#contract/routing.js';
import { ruleSchema } from '#contract/rule.js';
import { ruleViewSchema } from '#contract/rules.js';
import { verdictSchema } from '#contract/verdict.js';
import { type ApiSecurity, type OpenApiDocument, openApiOf } from '../../http/openApi.js';
import type { Route } from '../../http/route.js';

/** The document at `/api/v1/openapi.json`. */
export const describeApi = (routes: readonly Route[], access: ApiSecurity): OpenApiDocument =>
  openApiOf(routes, {
    title: 'Promptseg',
    version: '1',
    description:
      'Text-prompted segmentation of CT, MR and PET series in a DICOMweb archive. Results are DICOM ' +
      'Segmentation objects in the same archive. Research use only.',
    problem: problemSchema,
    access,
    schemas: {
      Backfill: backfillSchema,
      Finding: findingSchema,
      Job: jobSchema,
      Model: modelViewSchema,
      PromptSet: promptSetSchema,
      Rule: ruleSchema,
      RuleCondition: conditionSchema,
      RuleVerdict: verdictSchema,
      RuleVersion: ruleViewSchema,
      SegmentationRequest: segmentationRequestSchema,
      Target: targetViewSchema,
      Worker: workerViewSchema,
    },
  });
