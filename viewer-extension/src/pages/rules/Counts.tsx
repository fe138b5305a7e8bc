import type { CountsView } from './api.js';
import { strings } from './strings.js';

/** Number of series by outcome. */
export function Counts({ counts }: { counts: CountsView['rules'][string] | undefined }) {
  const text = strings.list;
  if (counts === undefined) return <p className="fine">{text.nothingYet}</p>;
  const of = (state: keyof typeof counts): number => counts[state] ?? 0;
  const figures = [
    ['matched', Object.values(counts).reduce((sum, count) => sum + count, 0)],
    ['open', of('submitted')],
    ['completed', of('completed')],
    ['waiting', of('waiting')],
    ['refused', of('refused')],
    ['parked', of('parked')],
  ] as const;
  return (
    <p className="counts">
      {figures
        .filter(([name, count]) => count > 0 || ['matched', 'open', 'completed'].includes(name))
        .map(([name, count]) => (
          <span key={name} data-count={name}>
            <strong>{count}</strong> {text.counts[name]}
          </span>
        ))}
    </p>
  );
}
