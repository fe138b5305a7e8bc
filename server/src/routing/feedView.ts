import type { FeedView } from '#contract/routing.js';
import type { Arrivals } from './records/arrivals.js';
import type { RouterStates } from './records/routerState.js';
import type { TriggerName, TriggerStates } from './records/triggerStates.js';
import type { DicomWebFeedState } from './triggers/dicomWebTrigger.js';
import type { OrthancFeedState } from './triggers/orthancTrigger.js';

export interface FeedViewer {
  view(): Promise<FeedView>;
}

export function createFeedViewer(
  trigger: TriggerName,
  { states, arrivals, router }: { states: TriggerStates; arrivals: Arrivals; router: RouterStates },
): FeedViewer {
  return {
    async view() {
      const [{ oldestReadySeconds, ...series }, trouble, orthanc, dicomweb] = await Promise.all([
        arrivals.count(),
        router.trouble(),
        trigger === 'orthanc' ? states.load<OrthancFeedState>('orthanc') : undefined,
        trigger === 'dicomweb' ? states.load<DicomWebFeedState>('dicomweb') : undefined,
      ]);
      const read = orthanc ?? dicomweb;
      const following = orthanc?.catchUp === undefined ? 'following' : 'catching-up';
      return {
        trigger,
        state: trouble !== undefined ? 'waiting' : read === undefined ? 'idle' : following,
        ...(read && { readAt: read.readAt }),
        ...(orthanc && {
          cursor: orthanc.cursor,
          lagChanges: orthanc.lagChanges,
          lagSeconds: orthanc.lagSeconds,
          gaps: [...orthanc.gaps],
        }),
        ...(dicomweb && { watermark: dicomweb.watermark, studies: dicomweb.studies }),
        series,
        oldestReadySeconds,
        ...(trouble && { trouble }),
      };
    },
  };
}
