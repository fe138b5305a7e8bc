import { describe, expect, it } from '@jest/globals';
import type { Backfill } from '../../../../server/contract/routing.js';
import type { RuleView } from '../../../../server/contract/rules.js';
import { shortUid } from '../../client/format.js';
import { buttonsFor, researcher, rulesAdministrator } from '../../testing/buttons.js';
import { Backfills } from './Backfills.js';
import { Parked } from './Parked.js';
import { RuleList } from './RuleList.js';
import { strings } from './strings.js';
import type { RoutingNow } from './useRules.js';

const nothing = () => undefined;
const series = '1.2.840.99.7';

const rule = {
  rule: {
    name: 'lungs',
    enabled: true,
    match: { attribute: 'Modality', equals: 'CT' },
    prompts: ['lungs'],
    destinations: ['source'],
    priority: 'routed',
    afterMatch: 'continue',
  },
  version: 1,
  advice: [],
  readOnly: false,
} as unknown as RuleView;
const listOf = (...rules: RuleView[]) => (
  <RuleList
    now={{ rules: { rules }, counts: {} } as unknown as RoutingNow}
    onGo={nothing}
    onNew={nothing}
    onSwitch={nothing}
    onBlank={nothing}
  />
);
const backfill = {
  id: '1',
  from: '2026-01-01',
  to: '2026-01-02',
  state: 'running',
  createdAt: '2026-01-03T00:00:00.000Z',
  day: '2026-01-01',
  fraction: 0,
  counts: { studies: 0, series: 0, routed: 0, routedBefore: 0, refused: 0, unreadable: 0 },
  jobs: { open: 0, completed: 0, parked: 0, cancelled: 0 },
} as Backfill;

describe('the page of the rules offers what the account may do', () => {
  it.each([
    ['opening a rule, and making one and switching one', listOf(rule), [strings.list.openOf('lungs')]],
    ['none where there is none', listOf(), []],
    [
      'backfills',
      <Backfills
        key="b"
        backfills={[backfill]}
        rules={['lungs']}
        mayBeAll
        onStart={async () => undefined}
        onCancel={nothing}
      />,
      [],
    ],
    [
      'releasing a series',
      <Parked
        key="p"
        parked={[{ studyInstanceUID: '1.2', seriesInstanceUID: series, attempts: 3 }]}
        onRelease={nothing}
      />,
      [expect.any(String), expect.any(String)],
    ],
  ])('%s', (_what, part, forAll) => {
    expect(buttonsFor(researcher, part)).toEqual(forAll);
    expect(buttonsFor(rulesAdministrator, part).length).toBeGreaterThan(forAll.length);
  });

  it('by the words of the buttons', () => {
    const { cancelOf, start } = strings.backfill;
    const all = [
      strings.list.create,
      strings.list.enabledOf('lungs'),
      strings.empty.take,
      start,
      cancelOf(strings.backfill.range(backfill.from, backfill.to)),
      strings.history.releaseOf(shortUid(series)),
    ];
    const page = (
      <>
        {listOf(rule)}
        {listOf()}
        <Backfills
          backfills={[backfill]}
          rules={['lungs']}
          mayBeAll
          onStart={async () => undefined}
          onCancel={nothing}
        />
        <Parked parked={[{ studyInstanceUID: '1.2', seriesInstanceUID: series, attempts: 3 }]} onRelease={nothing} />
      </>
    );
    expect(buttonsFor(rulesAdministrator, page)).toEqual(expect.arrayContaining(all));
    for (const label of all) expect(buttonsFor(researcher, page)).not.toContain(label);
  });
});
