import { useSyncExternalStore } from 'react';
import { laterStrings } from '../../client/laterStrings.js';
import type { Question } from '../ask/question.js';
import type { ActiveSeries } from '../host.js';
import { clickStoreOf, type PanelStores } from './clickStoreOf.js';

const texts = laterStrings.clicks;

interface ClickSomethingProps extends PanelStores {
  readonly series: ActiveSeries | undefined;
  readonly question: Question;
}

/** Begins to click on something new; nothing where the series takes no clicks. */
export function ClickSomething({ series, question, boxes, ...panel }: ClickSomethingProps) {
  const clicks = clickStoreOf(panel);
  const { modalities, naming } = useSyncExternalStore(clicks.subscribe, clicks.state);
  if (series === undefined || series.unsuited !== undefined || !modalities.includes(series.modality)) return null;
  const stack = question.stack?.seriesInstanceUID === series.seriesInstanceUID ? question.stack.id : undefined;
  const onClick = () => {
    boxes.cancel();
    clicks.name(naming ? undefined : { series, stack });
  };
  return (
    <button
      type="button"
      className="promptseg-link"
      title={texts.newHint}
      onClick={onClick}
      data-promptseg="click-something"
    >
      {texts.new}
    </button>
  );
}
