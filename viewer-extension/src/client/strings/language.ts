const languages = ['en', 'de'] as const;
export type Language = (typeof languages)[number];

/** What a browser reports about its user's language; each may be absent. */
export interface LanguageSources {
  /** The page's query, which OHIF reads `lng` from. */
  readonly query?: string;
  /** The page's cookies, among them OHIF's `i18next`. */
  readonly cookies?: string;
  /** OHIF's choice, kept in the browser's storage under `i18nextLng`. */
  readonly stored?: string | null;
  /** The browser's own list, best first. */
  readonly preferred?: readonly string[];
}

/**
 * The language that OHIF's i18n shows, by its own order (query, cookie, storage, browser; OHIF 3.13
 * `i18n/src/config.js`); English if there is no table for it. A plugin cannot ask OHIF's i18n: the running viewer does
 * not share it.
 */
export function chooseLanguage({ query = '', cookies = '', stored, preferred = [] }: LanguageSources): Language {
  const cookie = /(?:^|;\s*)i18next=([^;]*)/.exec(cookies)?.[1];
  const asked = new URLSearchParams(query).get('lng') ?? cookie ?? stored ?? undefined;
  const wanted = asked === undefined ? preferred : [asked];
  for (const tag of wanted) {
    const found = languages.find((each) => tag.toLowerCase().split('-')[0] === each);
    if (found !== undefined) return found;
  }
  return 'en';
}

/** The sources of this page; nothing outside a browser, or if storage is blocked. */
function languageSources(): LanguageSources {
  if (typeof document === 'undefined') return {};
  let stored: string | null = null;
  try {
    stored = localStorage.getItem('i18nextLng');
  } catch {
    // If a browser forbids storage, the other sources apply.
  }
  return { query: location.search, cookies: document.cookie, stored, preferred: navigator.languages };
}

/** The language of the page. OHIF loads the page again when its user chooses another. */
export const language: Language = chooseLanguage(languageSources());
