import { describe, expect, it } from '@jest/globals';
import { renderToStaticMarkup } from 'react-dom/server';
import type { FoundFinding } from '../../../../server/contract/finding.js';
import { aCompletedJob, aJob } from '../../testing/jobs.js';
import { insisting } from '../cards/insisting.js';
import { RefusedCard } from '../cards/RefusedCard.js';
import { FindingRow } from './FindingRow.js';
import type { FindingActions } from './findingActions.js';
import type { JobStore } from './jobStore.js';
import { MissingRow } from './MissingRow.js';
import { isFound } from './results.js';

const { request } = aJob();
const nothing = () => undefined;

describe('a request that was refused', () => {
  const cardOf = (code: string | undefined) => {
    const trouble = { sentence: 'No.', nextStep: 'Next.', ...(code && { code }) };
    return renderToStaticMarkup(<RefusedCard refused={{ key: 1, request, trouble }} store={{} as JobStore} />);
  };

  it('shows the code to name to support', () => {
    expect(cardOf('archive-unreachable')).toContain('<code class="promptseg-fine">archive-unreachable</code>');
    expect(cardOf(undefined)).not.toContain('<code');
  });

  it('can be insisted on where the tags contradict, and tried again otherwise', () => {
    expect(cardOf('body-part-not-served')).toMatch(/Run anyway/);
    expect(cardOf('body-part-not-served')).not.toMatch(/Try again/);
    expect(cardOf('archive-unreachable')).not.toMatch(/Run anyway/);
    expect(insisting(request, 'body-part-not-served')).toEqual({ ...request, anyway: true });
    expect(insisting(request, 'archive-unreachable')).toBeUndefined();
  });
});

describe('a finding', () => {
  const [found] = aCompletedJob().findings.filter(isFound);
  const rowOf = (finding: FoundFinding) =>
    renderToStaticMarkup(
      <FindingRow
        finding={finding}
        feedback={undefined}
        visible
        isolated={false}
        actions={{ jump: nothing } as unknown as FindingActions}
      />,
    );

  it('shows what speaks against it, and leads to the places', () => {
    const place = { slice: 4, sopInstanceUID: '1.2.3', position: [1, 2, 3] } as const;
    const skull = { name: 'Skull', code: { value: '89546000', scheme: 'SCT', meaning: 'Skull' } };
    const markup = rowOf({
      ...found!,
      cautions: [
        { code: 'few-slices', text: 'It is on one slice only.', count: 1, places: [place] },
        { code: 'not-enclosed', text: 'There is no Skull around it.', other: skull },
      ],
    });
    expect(markup.match(/data-promptseg="caution"/g)).toHaveLength(2);
    expect(markup).toContain('There is no Skull around it.');
    expect(markup.match(/data-promptseg="look"/g)).toHaveLength(1);
    expect(rowOf(found!)).not.toContain('caution');
  });

  it('that was refused keeps its code', () => {
    const markup = renderToStaticMarkup(
      <MissingRow
        finding={{ status: 'refused', prompt: 'x', code: 'side-of-image', reason: 'No.', nearest: [] }}
        onSuggestion={nothing}
      />,
    );
    expect(markup).toContain('data-code="side-of-image"');
  });
});
