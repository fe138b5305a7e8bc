import type { OutgoingHttpHeaders } from 'node:http';
import type { DicomJson } from '../../../server/contract/dicomJson.js';

/** A response without its connection. */
export interface Reply {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

export interface Uids {
  readonly study: string;
  readonly series: string;
  readonly instance: string;
}

/** The outcome of storing one instance. */
export type StoreOutcome =
  | { readonly kind: 'stored' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'refused'; readonly failureReason: number };

/**
 * How a product responds to DICOMweb requests, by its public documentation: addresses, limits, headers and the shape of
 * bodies. The texts are ours. What the documentation leaves open is as in PS3.18, or as the comment says.
 */
export interface Dialect {
  readonly name: string;
  /** Path of the DICOMweb root, as in the documentation's examples. */
  readonly root: string;
  /** Where the documentation says so. */
  readonly sources: readonly string[];
  /** Most results of a search that names no `limit`, and the highest `limit`. */
  readonly pages: Readonly<Record<'series' | 'instances', { readonly usual: number; readonly most: number }>>;
  readonly heedsIncludeField: boolean;
  /** Attributes of a series in a search result without `includefield`. */
  readonly seriesAttributes: readonly string[];
  /** The response to a search with these results; `left`: how many further ones there are. */
  found(results: readonly DicomJson[], left: number, rootUrl: string): Reply;
  /**
   * The form in which the resource is sent for this Accept header; `not acceptable` (406), or `not there` if the
   * product has no such resource.
   */
  retrieval(resource: 'series' | 'instance', accept: string): 'multipart' | 'single' | 'not acceptable' | 'not there';
  /** Content-Type of a multipart response; its parts are separated by this boundary. */
  multipartType(boundary: string): string;
  readonly partHeaders: readonly string[];
  /** Address of the bulk data of an attribute in metadata. */
  bulkDataUri(rootUrl: string, uids: Uids, tag: string): string;
  /** Media types in which STOW-RS takes an instance. */
  readonly storedAs: readonly ('multipart/related' | 'application/dicom')[];
  store(outcome: StoreOutcome, uids: Uids & { readonly sopClass: string }, rootUrl: string): Reply;
  /** A response with an error, as the product words its shape. */
  error(status: number): Reply;
}

export const json = (status: number, body: unknown, headers: OutgoingHttpHeaders = {}): Reply => ({
  status,
  headers: { 'Content-Type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

/** The dataset of a STOW-RS response (PS3.18 table 10.5.3-2). */
export function storeDataset(
  outcome: StoreOutcome,
  { study, series, instance, sopClass }: Uids & { readonly sopClass: string },
  rootUrl: string,
): DicomJson {
  const reference = {
    '00081150': { vr: 'UI', Value: [sopClass] },
    '00081155': { vr: 'UI', Value: [instance] },
  };
  const retrieveUrl = `${rootUrl}/studies/${study}/series/${series}/instances/${instance}`;
  const reason = outcome.kind === 'refused' ? outcome.failureReason : 0x0111;
  return {
    '00081190': { vr: 'UR', Value: [`${rootUrl}/studies/${study}`] },
    ...(outcome.kind === 'stored'
      ? { '00081199': { vr: 'SQ', Value: [{ ...reference, '00081190': { vr: 'UR', Value: [retrieveUrl] } }] } }
      : { '00081198': { vr: 'SQ', Value: [{ ...reference, '00081197': { vr: 'US', Value: [reason] } }] } }),
  };
}
