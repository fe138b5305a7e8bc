import type { Managers, MeasurementService } from './ohif.js';

const mapped = new WeakMap<MeasurementService, Set<string>>();

/** OHIF lists what tools without a mapping draw as "unmapped" measurements; those of ours have one that makes none. */
export function keepOutOfMeasurements({ servicesManager }: Managers, toolName: string): void {
  const service = servicesManager.services.measurementService;
  const source = service?.getSource('Cornerstone3DTools', '0.1');
  if (service === undefined || source === undefined) return;
  const names = mapped.get(service) ?? new Set();
  mapped.set(service, names);
  if (names.has(toolName)) return;
  names.add(toolName);
  service.addMapping(
    source,
    toolName,
    [{}],
    () => {},
    () => undefined,
  );
}
