import type { TroubleTexts } from './troubleEnglish.js';

export const troubleGerman: TroubleTexts = {
  unreachable: {
    sentence: 'Der Promptseg-Server antwortet nicht.',
    nextStep: 'Prüfen Sie das Netzwerk und ob der Server läuft, dann versuchen Sie es noch einmal.',
  },
  refused: (status) => ({
    sentence: `Der Server antwortete mit einem Fehler (${status}).`,
    nextStep: 'Versuchen Sie es noch einmal; wenn es immer geschieht, sehen Sie in das Protokoll des Servers.',
  }),
  tryAgain: 'Versuchen Sie es noch einmal.',
};
