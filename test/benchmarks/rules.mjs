import { deriveAttributes } from '../../server/dist/routing/rules/deriveAttributes.js';
import { createMatcher } from '../../server/dist/routing/rules/matchRule.js';
import { parseRule } from '../../server/dist/routing/rules/parseRules.js';
import { median } from './median.mjs';

/**
 * @typedef {object} RuleFigures
 * @property {string} name
 * @property {number} 'per second' Median of several runs: series that one rule judges, with the sentence for each
 * condition.
 */

const runs = 5;
const runMs = 300;

/**
 * How fast rules judge series, without the archive: an ordinary rule, one with two hundred conditions, and deriving
 * attributes from the headers of 200 slices.
 *
 * @returns {RuleFigures[]}
 */
export function measureRules() {
  const instances = Array.from({ length: 200 }, (_, index) => headOf(index));
  const derived = deriveAttributes(instances);
  const series = Array.from({ length: 50 }, (_, index) => ({
    studyInstanceUID: '1.2.3',
    seriesInstanceUID: `1.2.3.${index}`,
    modality: 'MR',
    description: '',
    attributes: {
      ...instances[0],
      '0008103E': { vr: 'LO', Value: [index % 2 === 0 ? 'Sag T1 MPRAGE' : 'Ax T2 FLAIR'] },
    },
    derived,
    sopInstanceUIDs: [],
    isOurs: false,
  }));
  const ordinary = [
    { attribute: 'Modality', equals: 'MR' },
    { attribute: 'BodyPartExamined', oneOf: ['HEAD', 'BRAIN'] },
    { attribute: 'SeriesDescription', matches: '(?i)mprage|t1' },
    { derived: 'is3D', equals: true },
    { derived: 'sliceSpacing', atMost: 1.5 },
    { not: { attribute: 'ContrastBolusAgent', exists: true } },
  ];
  const wide = Array.from({ length: 200 }, (_, index) => ({
    attribute: 'SeriesDescription',
    matches: `(?i)protocol ${index}\\b`,
  }));
  return [
    { name: 'rule of 6 conditions', 'per second': rateOfMatches({ all: ordinary }, series) },
    { name: 'rule of 200 expressions', 'per second': rateOfMatches({ any: wide }, series) },
    { name: 'derive from 200 slices', 'per second': rate(() => void deriveAttributes(instances)) },
  ];
}

/**
 * @param {unknown} match
 * @param {any[]} series
 */
function rateOfMatches(match, series) {
  const matcher = createMatcher(parseRule({ name: 'bench', prompts: ['x'], match }));
  let next = 0;
  return rate(() => void matcher(series[next++ % series.length]));
}

/**
 * @param {() => void} work
 * @returns {number} How often it is done in a second.
 */
function rate(work) {
  return Math.round(
    median(
      Array.from({ length: runs }, () => {
        const start = performance.now();
        let done = 0;
        while (performance.now() - start < runMs) {
          work();
          done++;
        }
        return (done * 1000) / (performance.now() - start);
      }),
    ),
  );
}

/** @param {number} index */
const headOf = (index) => ({
  '00080008': { vr: 'CS', Value: ['ORIGINAL', 'PRIMARY', 'M', 'NORM'] },
  '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.4'] },
  '00080018': { vr: 'UI', Value: [`1.2.3.4.${index}`] },
  '00080060': { vr: 'CS', Value: ['MR'] },
  '00180015': { vr: 'CS', Value: ['HEAD'] },
  '00180023': { vr: 'CS', Value: ['3D'] },
  '00180050': { vr: 'DS', Value: [1] },
  '00200032': { vr: 'DS', Value: [0, 0, index] },
  '00200037': { vr: 'DS', Value: [1, 0, 0, 0, 1, 0] },
  '00280010': { vr: 'US', Value: [256] },
});
