import type { Strings } from './english.js';

/** The same in German. */
export const german: Strings = {
  title: 'Modelle',
  none: 'Auf diesem Server ist kein Modell installiert.',
  refused: (folder, reason) => `Der Ordner ${folder} wurde nicht als Modell geladen: ${reason}`,
  yes: 'Ja',
  no: 'Nein',
  facts: {
    images: 'Bilder',
    structures: 'Strukturen',
    memory: 'Arbeitsspeicher',
    andImage: (bytes) => `${bytes}, dazu die Bilder`,
    byImage: 'Wächst mit den Bildern',
    time: 'Übliche Dauer hier',
    noTime: 'Noch nicht bekannt: weniger als 3 Aufträge auf diesem Server',
    licence: 'Lizenz',
    freeText: 'Liest Freitext',
  },
  quality: 'Gemessene Genauigkeit',
  notMeasured: 'Nicht gegen eine Referenz gemessen. Was die Modellkarte sagt, steht unten.',
  dice: 'Dice-Koeffizient auf',
  structure: 'Struktur',
  notOffered: 'gemessen, nicht angeboten',
  showOthers: (count) => `${count} weitere zeigen, die gemessen wurden und nicht angeboten werden`,
  hideOthers: 'Nur zeigen, wonach gefragt werden kann',
  structures: 'Wonach gefragt werden kann',
  sides: 'links, rechts',
  card: 'Herkunft und Modellkarte (Englisch)',
  boxes: {
    asked: 'Gefragt wird mit',
    byBox: 'einem Rahmen auf den Bildern; Namen kennt es nicht',
    byClick: 'Klicks auf ein Segment eines Ergebnisses; Namen kennt es nicht',
    how: { boxes: 'Rahmen auf den Bildern (Englisch)', clicks: 'Klicks auf ein Ergebnis (Englisch)' },
  },
  add: {
    title: 'Ein Modell hinzufügen',
    intro:
      'Promptseg führt Modellpakete aus: Ordner mit den Gewichten als ONNX, dem Vokabular und einer Modellkarte. ' +
      'Konverter erzeugen sie aus dem Checkpoint eines veröffentlichten Modells, auf jedem Rechner mit Python. Die ' +
      'Gewichte kommen von den Autoren, unter deren Lizenz.',
    model: 'Veröffentlichtes Modell',
    converter: 'Konverter',
    yourTexts: 'Ihre eigenen Texte',
    whatIsClicked: 'was angeklickt wird',
    memory: 'Speicher auf der CPU',
    licence: 'Lizenz der Gewichte',
    licences: {
      none: 'keine angegeben: fragen Sie die Autoren',
      biomedparse3d: 'CC BY-NC-SA 4.0 (Hugging Face), MIT (Azure)',
      ofWeights: 'kommt mit den Gewichten',
    },
    notMeasured:
      'Speicher für ein Fenster oder eine Schicht, gemessen oder geschätzt mit Zufallsgewichten der ' +
      'veröffentlichten Größe; für alle ist eine GPU zu empfehlen.',
    walkThrough: 'Schritt für Schritt: SAT vom Download bis zum ersten Ergebnis (Englisch)',
    steps: [
      {
        text: 'Holen Sie den Checkpoint bei den Autoren. Installieren Sie im Repository von Promptseg die Konverter:',
        command: 'pip install --editable "models/tools[training]"',
      },
      {
        text: 'Konvertieren Sie ihn. Andere Modelle brauchen andere Dateien: siehe models/tools/converters/README.md.',
        command:
          'python -m converters convert sat-nano --checkpoint SAT_Nano_UNET.pth --text-encoder text_encoder.pth ' +
          '--tokenizer tokenizer.json --out sat-nano',
      },
      {
        text: 'Legen Sie den Ordner neben die mitgelieferten und starten Sie den Server mit dem gemeinsamen Ordner:',
        command: 'npx promptseg serve --models models',
      },
      {
        text: 'Prüfen Sie es. Der Server vergleicht jede Datei mit ihrer Prüfsumme und führt einen Selbsttest aus.',
        command: 'npx promptseg doctor',
      },
      {
        text: 'Messen Sie es an Ihren eigenen Daten, bevor Sie sich darauf verlassen.',
        command: 'npx promptseg evaluate --help',
      },
    ],
  },
};
