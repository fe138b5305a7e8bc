/** Messages about failed calls, for all pages and the panel. */
export const troubleEnglish = {
  unreachable: {
    sentence: 'The Promptseg server does not respond.',
    nextStep: 'Check the network and that the server is running, then try again.',
  },
  refused: (status: number) => ({
    sentence: `The server responded with an error (${status}).`,
    nextStep: 'Try again. If it happens every time, check the server log.',
  }),
  tryAgain: 'Try again.',
};

export type TroubleTexts = typeof troubleEnglish;
