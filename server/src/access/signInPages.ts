import type { ErrorRequestHandler, Request, Response } from 'express';
import { PromptsegError } from '../platform/errors.js';

/** Texts of a page, in the languages of the panel. */
const texts = {
  en: {
    'signed-out': ['You are signed out', 'Sign in again to continue.'],
    'sign-in-needed': [
      'Sign in',
      'This server is reached through the proxy that signs you in. Ask your administrator for its address.',
    ],
    'not-permitted': [
      'Not permitted',
      'Your account may not open this page. Ask an administrator for a role in Promptseg.',
    ],
    'sign-in-failed': ['The sign-in failed', 'Try again. If it fails again, ask your administrator.'],
    'sign-in-unavailable': ['The sign-in service does not respond', 'Try again in a minute. Your work is kept.'],
    'proxy-untrusted': [
      'Not permitted',
      'This server does not trust the proxy through which you reach it. Ask your administrator.',
    ],
    signIn: 'Sign in',
  },
  de: {
    'signed-out': ['Sie sind abgemeldet', 'Melden Sie sich wieder an, um weiterzuarbeiten.'],
    'sign-in-needed': [
      'Anmelden',
      'Diesen Server erreichen Sie über den Proxy, der Sie anmeldet. Fragen Sie Ihre Administration nach der Adresse.',
    ],
    'not-permitted': [
      'Nicht erlaubt',
      'Ihr Konto darf diese Seite nicht öffnen. Bitten Sie Ihre Administration um eine Rolle in Promptseg.',
    ],
    'sign-in-failed': [
      'Die Anmeldung ist fehlgeschlagen',
      'Beginnen Sie noch einmal. Schlägt sie wieder fehl, fragen Sie Ihre Administration.',
    ],
    'sign-in-unavailable': [
      'Der Anmeldedienst antwortet nicht',
      'Versuchen Sie es in einer Minute wieder. Ihre Arbeit bleibt erhalten.',
    ],
    'proxy-untrusted': [
      'Nicht erlaubt',
      'Dem Weg, auf dem Sie diesen Server erreichen, wird nicht vertraut. Fragen Sie Ihre Administration.',
    ],
    signIn: 'Anmelden',
  },
} as const;
type PageName = Exclude<keyof (typeof texts)['en'], 'signIn'>;

const hasPage = (code: string): code is PageName => code !== 'signIn' && Object.hasOwn(texts.en, code);

/** A page without script or style; it contains no text of a request. */
export function sendPage(request: Request, response: Response, status: number, name: PageName, signIn?: string): void {
  const language = request.acceptsLanguages('en', 'de') === 'de' ? 'de' : 'en';
  const [title, sentence] = texts[language][name];
  const link = signIn === undefined ? '' : `<p><a href="${signIn}">${texts[language].signIn}</a></p>`;
  response
    .status(status)
    .set('Cache-Control', 'no-store')
    .type('html')
    .send(
      `<!doctype html><html lang="${language}"><meta charset="utf-8">` +
        '<meta name="viewport" content="width=device-width">' +
        `<title>${title} – Promptseg</title><main><h1>${title}</h1><p>${sentence}</p>${link}</main></html>`,
    );
}

/**
 * A link or page leads to the sign-in and back; if that does not help, a page says so.
 * Scripts and programs get the problem, with status 401 and the challenge that RFC 6750 section 3 requires.
 * @param signIn address of the sign-in; undefined if a proxy does it
 */
export function handleNavigation(signIn: string | undefined): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (!(error instanceof PromptsegError) || response.headersSent) return next(error);
    const { status } = error.entry;
    if (status === 401) response.set('WWW-Authenticate', 'Bearer');
    if (!isNavigation(request)) return next(error);
    const wantsSignIn = error.code === 'sign-in-needed' || error.code === 'session-over';
    if (wantsSignIn && signIn !== undefined)
      return response
        .set('Cache-Control', 'no-store')
        .redirect(302, `${signIn}?${new URLSearchParams({ to: request.originalUrl })}`);
    if (!hasPage(error.code)) return next(error);
    sendPage(request, response, status, error.code, error.code === 'sign-in-failed' ? signIn : undefined);
  };
}

/** Browsers state it in `Sec-Fetch-Mode`; older ones name HTML first in `Accept`. */
function isNavigation({ method, headers }: Request): boolean {
  if (method !== 'GET') return false;
  const mode = headers['sec-fetch-mode'];
  return mode === undefined ? (headers.accept ?? '').startsWith('text/html') : mode === 'navigate';
}
