import type { Finding } from '#contract/finding.js';
import { instanceTrackingUID } from '../results/resultModules.js';

/** The findings with the Tracking UIDs that the stored report gives to their instances. */
export const trackInstances = (findings: readonly Finding[], segmentationInstanceUID: string): readonly Finding[] =>
  findings.map((finding) => {
    if (finding.status !== 'found' || finding.instances === undefined) return finding;
    const found = finding.instances.found.map((instance) => ({
      ...instance,
      trackingUID: instanceTrackingUID(segmentationInstanceUID, finding.segmentNumber, instance.number),
    }));
    return { ...finding, instances: { ...finding.instances, found } };
  });
