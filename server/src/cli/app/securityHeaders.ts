import { type RequestHandler, Router } from 'express';
import helmet from 'helmet';
import { ownOrigin } from '../../http/requestGuard.js';
import type { AllowedHost } from '../../platform/config.js';

/**
 * For every response, errors included. There is no Cross-Origin-Embedder-Policy: OHIF is unmodified, and it makes
 * workers from blobs, which would need one too.
 */
export const securityHeaders: RequestHandler = Router().use(
  helmet({
    // OHIF evaluates code at run time (wasm, workers from blobs) and styles inline; everything else stays on this
    // origin.
    contentSecurityPolicy: {
      directives: {
        'default-src': ["'self'"],
        'script-src': ["'self'", "'unsafe-inline'", "'unsafe-eval'", 'blob:'],
        'worker-src': ["'self'", 'blob:'],
        'connect-src': ["'self'", 'blob:', 'data:'],
        'img-src': ["'self'", 'data:', 'blob:'],
        'style-src': ["'self'", "'unsafe-inline'"],
        'font-src': ["'self'", 'data:'],
        // The default would send a browser from plain HTTP to an HTTPS address that may not exist.
        'upgrade-insecure-requests': null,
      },
    },
    // `strictTransportSecurity` below sets it for each host.
    strictTransportSecurity: false,
  }),
  (_request, response, next) => {
    response.set('Permissions-Policy', permissionsPolicy);
    next();
  },
);

/** Browser features that an image viewer does not need: the names in the W3C's registry that browsers know. */
const permissionsPolicy = [
  'accelerometer',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'hid',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'serial',
  'usb',
  'xr-spatial-tracking',
]
  .map((feature) => `${feature}=()`)
  .join(', ');

/**
 * If the settings say that browsers reach this name by https, they must not use http for a year (RFC 6797). Parent and
 * sub-domains are not included: they may not be ours.
 */
export function strictTransportSecurity(allowedHosts: readonly AllowedHost[]): RequestHandler {
  return (request, response, next) => {
    if (ownOrigin(request, allowedHosts).scheme === 'https')
      response.set('Strict-Transport-Security', 'max-age=31536000');
    next();
  };
}
