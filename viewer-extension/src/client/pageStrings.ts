import { language } from './strings/language.js';
import { troubleEnglish } from './strings/troubleEnglish.js';
import { troubleGerman } from './strings/troubleGerman.js';

export const pageEnglish = {
  product: 'Promptseg',
  researchOnly: 'For research use only.',
  links: {
    label: 'Pages',
    home: 'Home',
    viewer: 'Viewer',
    jobs: 'Jobs',
    rules: 'Rules',
    models: 'Models',
    metrics: 'Metrics for Prometheus',
    api: 'REST API',
    help: 'Help',
  },
  /** What a job is called that asks which structures a series shows. */
  recognition: 'What is in this series?',
  pictureOf: (prompts: string) => `Picture of “${prompts}”: open it large`,
  loading: 'Loading',
  dismiss: 'Dismiss',
  copy: (shown: string, what: string) => `${shown}, copy the ${what} UID`,
  copied: 'Copied',
  account: {
    signIn: 'Sign in',
    signOut: 'Sign out',
    out: 'You are signed out.',
    withoutLogIn: 'No log-in: anyone who reaches this server can read and change everything.',
    mayOnlyView: (role: string) =>
      `Your account can view this page but not change anything. Ask an administrator for the role “${role}”.`,
  },
  connection: {
    connecting: 'Connecting',
    live: 'Live',
    lost: 'Not connected',
    lostSentence: 'The server does not respond. The page reconnects automatically and may be out of date.',
  },
  trouble: troubleEnglish,
};

export const pageGerman: typeof pageEnglish = {
  product: 'Promptseg',
  researchOnly:
    'Nur für die Forschung. Einzelheiten in Meldungen des Servers, Modellkarten und die Hilfe sind auf Englisch.',
  links: {
    label: 'Seiten',
    home: 'Start',
    viewer: 'Viewer',
    jobs: 'Aufträge',
    rules: 'Regeln',
    models: 'Modelle',
    metrics: 'Messwerte für Prometheus',
    api: 'REST-API',
    help: 'Hilfe',
  },
  recognition: 'Was ist in dieser Serie?',
  pictureOf: (prompts) => `Bild zu „${prompts}“: groß öffnen`,
  loading: 'Wird geladen',
  dismiss: 'Schließen',
  copy: (shown, what) => `${shown}, die UID kopieren: ${what}`,
  copied: 'Kopiert',
  account: {
    signIn: 'Anmelden',
    signOut: 'Abmelden',
    out: 'Sie sind abgemeldet.',
    withoutLogIn: 'Keine Anmeldung: Wer diesen Server erreicht, kann alles lesen und ändern.',
    mayOnlyView: (role) =>
      'Ihr Konto kann diese Seite ansehen, aber nichts ändern. ' +
      `Bitten Sie Ihre Administration um die Rolle „${role}“.`,
  },
  connection: {
    connecting: 'Verbindung wird aufgebaut',
    live: 'Verbunden',
    lost: 'Nicht verbunden',
    lostSentence:
      'Der Server antwortet nicht. Die Seite verbindet sich von selbst wieder; was sie zeigt, kann veraltet sein.',
  },
  trouble: troubleGerman,
};

/** Texts that stand on every page, in its language. */
export const pageStrings = language === 'de' ? pageGerman : pageEnglish;
