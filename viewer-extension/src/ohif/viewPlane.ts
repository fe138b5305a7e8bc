import type { Place } from '../panel/host.js';
import type { Viewport } from './ohif.js';

/** Whether a place is on the slice that a view shows: less than half a voxel away. */
export function isOnSlice(viewport: Viewport, place: Place): boolean {
  const { viewPlaneNormal, focalPoint } = viewport.getCamera?.() ?? {};
  const imageData = viewport.getImageData?.()?.imageData;
  if (viewPlaneNormal === undefined || focalPoint === undefined || imageData === undefined) return false;
  const away = [0, 1, 2].reduce((sum, axis) => sum + viewPlaneNormal[axis]! * (place[axis]! - focalPoint[axis]!), 0);
  const onPlane = place.map((value, axis) => value - away * viewPlaneNormal[axis]!);
  const [own, nearest] = [imageData.worldToIndex([...place]), imageData.worldToIndex(onPlane)];
  return [0, 1, 2].every((axis) => Math.abs(own[axis]! - nearest[axis]!) <= 0.501);
}

/** Whether a place is beside the images that a view shows. */
export function isBesideImages(viewport: Viewport, place: Place): boolean {
  const images = viewport.getImageData?.();
  const index = images?.imageData.worldToIndex([...place]);
  return (
    index !== undefined && images!.dimensions.some((size, axis) => index[axis]! < -0.5 || index[axis]! > size - 0.5)
  );
}
