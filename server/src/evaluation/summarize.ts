import { bootstrapInterval, type Interval } from './bootstrap.js';
import type { CaseRecord } from './caseRecord.js';
import type { AskedLabel } from './measureCase.js';
import type { PublishedFigure, PublishedFor } from './publishedFigures.js';

/** The figures of one label over all measured cases. */
export interface LabelSummary {
  readonly label: string;
  /** Names of the model's targets for this label. */
  readonly targets: readonly string[];
  /** Cases whose label map has the label: the means are over these. */
  readonly cases: number;
  /** A case in which the model found nothing counts 0. Absent if no case has the label. */
  readonly dice?: Statistics;
  readonly surfaceDice?: Statistics;
  /** In mm, over the cases in which the model found it; absent if it found it in none. */
  readonly meanDistanceMm?: Statistics;
  readonly distance95Mm?: Statistics;
  /** Relative error of the volume: 0.1 is a tenth too much, -1 is not found. */
  readonly volumeError?: Statistics;
  /**
   * Limits of agreement of the same error, for three cases or more: 95 of 100 single cases are expected between them
   * (mean ± 1.96 SD of the sample; Bland and Altman, Lancet 1986; 327: 307-310).
   */
  readonly volumeLimits?: Interval;
  /** Cases whose label map does not have the label, and in how many of them the model found it anyway. */
  readonly casesWithout: number;
  readonly foundWhereAbsent: number;
  /** Published figures for the structure, on the authors' data. */
  readonly published?: PublishedFigure;
}

export interface Statistics {
  readonly mean: number;
  /** Standard deviation of the population. */
  readonly standardDeviation: number;
  readonly median: number;
  readonly least: number;
  /** 95 % confidence interval of the mean, for five cases or more (see {@link bootstrapInterval}). */
  readonly interval?: Interval;
}

/** Every label counts alike: the mean of the labels' means. */
export interface OverallMean {
  readonly dice: number;
  readonly surfaceDice: number;
  /** 95 % confidence intervals: whole cases are drawn, with all their labels. */
  readonly diceInterval?: Interval;
  readonly surfaceDiceInterval?: Interval;
}

export function summarize(
  { name, targets }: AskedLabel,
  cases: readonly CaseRecord[],
  published: PublishedFor,
): LabelSummary {
  const measures = cases.flatMap(({ labels }) => labels.filter(({ label }) => label === name));
  const having = measures.filter(({ trueMl }) => trueMl > 0);
  const figure = published(targets.map(({ id }) => id));
  const volumeErrors = having.map(({ trueMl, foundMl }) => foundMl / trueMl - 1);
  const volumeLimits = limitsOfAgreement(volumeErrors);
  return {
    label: name,
    targets: targets.map((target) => target.name),
    cases: having.length,
    ...(having.length > 0 && {
      dice: statisticsOf(having.map(({ dice = 0 }) => dice)),
      surfaceDice: statisticsOf(having.map(({ surfaceDice = 0 }) => surfaceDice)),
      volumeError: statisticsOf(volumeErrors),
    }),
    ...(volumeLimits !== undefined && { volumeLimits }),
    ...distances(having),
    casesWithout: measures.length - having.length,
    foundWhereAbsent: measures.filter(({ trueMl, foundMl }) => trueMl === 0 && foundMl > 0).length,
    ...(figure !== undefined && { published: figure }),
  };
}

function distances(measures: CaseRecord['labels']): Pick<LabelSummary, 'meanDistanceMm' | 'distance95Mm'> {
  const found = measures.flatMap(({ meanDistanceMm, distance95Mm }) =>
    meanDistanceMm === undefined || distance95Mm === undefined ? [] : [{ meanDistanceMm, distance95Mm }],
  );
  if (found.length === 0) return {};
  return {
    meanDistanceMm: statisticsOf(found.map((each) => each.meanDistanceMm)),
    distance95Mm: statisticsOf(found.map((each) => each.distance95Mm)),
  };
}

export function meanOf(asked: readonly AskedLabel[], cases: readonly CaseRecord[]): OverallMean | undefined {
  // A column for each label: its figures in each case that has it.
  const columns = asked.map(({ name }) =>
    cases.map(({ labels }) => labels.find(({ label, trueMl }) => label === name && trueMl > 0)),
  );
  const overall = (figure: 'dice' | 'surfaceDice', sample: readonly number[]): number | undefined => {
    const means = columns.flatMap((column) => {
      const values = sample.flatMap((place) => (column[place] === undefined ? [] : (column[place][figure] ?? 0)));
      return values.length === 0 ? [] : mean(values);
    });
    return means.length === 0 ? undefined : mean(means);
  };
  const all = [...cases.keys()];
  const [dice, surfaceDice] = [overall('dice', all), overall('surfaceDice', all)];
  if (dice === undefined || surfaceDice === undefined) return undefined;
  const [diceInterval, surfaceDiceInterval] = (['dice', 'surfaceDice'] as const).map((figure) =>
    bootstrapInterval(cases.length, (sample) => overall(figure, sample)),
  );
  return {
    dice,
    surfaceDice,
    ...(diceInterval !== undefined && { diceInterval }),
    ...(surfaceDiceInterval !== undefined && { surfaceDiceInterval }),
  };
}

/** With fewer cases, the standard deviation says nothing. */
const leastForLimits = 3;

function limitsOfAgreement(errors: readonly number[]): Interval | undefined {
  if (errors.length < leastForLimits) return undefined;
  const middle = mean(errors);
  const variance = errors.reduce((sum, error) => sum + (error - middle) ** 2, 0) / (errors.length - 1);
  const reach = 1.96 * Math.sqrt(variance);
  return [middle - reach, middle + reach];
}

/** @param values at least one */
function statisticsOf(values: readonly number[]): Statistics {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = mean(values);
  const half = sorted.length / 2;
  const interval = bootstrapInterval(values.length, (sample) => mean(sample.map((place) => values[place]!)));
  return {
    mean: middle,
    standardDeviation: Math.sqrt(mean(values.map((value) => (value - middle) ** 2))),
    median: Number.isInteger(half) ? (sorted[half - 1]! + sorted[half]!) / 2 : sorted[Math.floor(half)]!,
    least: sorted[0]!,
    ...(interval !== undefined && { interval }),
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
