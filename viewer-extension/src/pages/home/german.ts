import type { Strings } from './english.js';

/** The same in German. */
export const german: Strings = {
  title: 'Start',
  lead: 'Schreiben Sie, was Sie sehen möchten; im PACS entsteht ein DICOM SEG.',
  now: 'Jetzt',
  recent: 'Letzte Ergebnisse',
  noRecent: 'Noch kein Ergebnis. Öffnen Sie eine Studie im Viewer und schreiben Sie eine Struktur.',
  allJobs: 'Alle Aufträge',
  places: 'Seiten',
  found: (count) => (count === 1 ? '1 Struktur' : `${count} Strukturen`),
  open: 'Im Viewer öffnen',
  openOf: (prompts) => `Im Viewer öffnen: ${prompts}`,
  about: {
    viewer: 'Die Studien des Archivs in OHIF. In einer Studie ist der Reiter „Segmentieren per Text“ das Panel.',
    jobs: 'Was läuft, was wartet, was beendet ist, und auf welchem Gerät es lief.',
    rules: 'Neue Studien automatisch segmentieren, und solche, die schon im Archiv sind.',
    models: 'Wonach gefragt werden kann, wie genau das ist, und wie man ein Modell hinzufügt.',
    help: 'Die Dokumentation dieser Version, auf Englisch: Benutzung, Verwaltung, Einbindung.',
    api: 'Alle Aufrufe der REST-API, zum Lesen und Ausprobieren (Englisch).',
    metrics: 'Reiner Text für ein Überwachungssystem, eine Zahl je Zeile. Für Menschen: „Aufträge“.',
  },
  cornerstone: {
    name: 'Viewer ohne OHIF',
    about: 'Das Panel neben Cornerstone: eine Seite, nichts zu installieren.',
  },
};
