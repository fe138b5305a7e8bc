/** Every text that a reader sees on the page of the models only, in English. */
export const english = {
  title: 'Models',
  none: 'No model is installed on this server.',
  refused: (folder: string, reason: string) => `The folder ${folder} was not loaded as a model: ${reason}`,
  yes: 'Yes',
  no: 'No',
  facts: {
    images: 'Images',
    structures: 'Structures',
    memory: 'Memory',
    andImage: (bytes: string) => `${bytes}, plus the images`,
    byImage: 'Grows with the images',
    time: 'Usual time here',
    noTime: 'Not known yet: fewer than 3 jobs on this server',
    licence: 'Licence',
    freeText: 'Reads free text',
  },
  quality: 'Measured accuracy',
  notMeasured: 'Not measured against a reference. See the model card below.',
  /** Before the name of the data. */
  dice: 'Dice coefficient on',
  structure: 'Structure',
  notOffered: 'measured, not offered',
  showOthers: (count: number) => `Show ${count} more that were measured but are not offered`,
  hideOthers: 'Show only structures that can be requested',
  structures: 'Structures that it segments',
  sides: 'left, right',
  card: 'Origin and model card',
  boxes: {
    asked: 'Prompted by',
    byBox: 'a box on the images; it knows no names',
    byClick: 'clicks on a segment of a result; it knows no names',
    how: { boxes: 'Boxes on the images', clicks: 'Clicks on a result' },
  },
  add: {
    title: 'Add a model',
    intro:
      'Promptseg runs model packages: a folder with the weights as ONNX, the vocabulary and a card. Converters make ' +
      'one from the checkpoint of a published model, on any machine with Python. The weights come from their ' +
      'authors, under their licence.',
    model: 'Published model',
    converter: 'Converter',
    yourTexts: 'your own texts',
    whatIsClicked: 'what is clicked',
    memory: 'Memory on a CPU',
    licence: 'Licence of the weights',
    licences: {
      none: 'none stated: ask the authors',
      biomedparse3d: 'CC BY-NC-SA 4.0 (Hugging Face); MIT (Azure)',
      ofWeights: 'comes with the weights',
    },
    notMeasured:
      'Memory of one window or slice, measured or estimated with random weights of the published ' +
      'size; a GPU is advised for all of them.',
    walkThrough: 'Step by step: SAT from download to first result',
    steps: [
      {
        text: 'Get the checkpoint from its authors. In the repository of Promptseg, install the converters:',
        command: 'pip install --editable "models/tools[training]"',
      },
      {
        text: 'Convert it. Other models need other files: see models/tools/converters/README.md.',
        command:
          'python -m converters convert sat-nano --checkpoint SAT_Nano_UNET.pth --text-encoder text_encoder.pth ' +
          '--tokenizer tokenizer.json --out sat-nano',
      },
      {
        text: 'Put the folder beside those that ship, and start the server with the folder that holds them all:',
        command: 'npx promptseg serve --models models',
      },
      {
        text: 'Check it. The server compares every file with its checksum and runs a self-test.',
        command: 'npx promptseg doctor',
      },
      { text: 'Measure it on your own data before you rely on it.', command: 'npx promptseg evaluate --help' },
    ] as readonly { readonly text: string; readonly command?: string }[],
  },
};

export type Strings = typeof english;
