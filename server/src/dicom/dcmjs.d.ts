/** The parts of dcmjs that Promptseg uses; dcmjs has no types. */
declare module 'dcmjs' {
  /** A dataset by 8-digit hexadecimal tag, as dcmjs reads and writes it. */
  export type DictDataset = Record<string, { vr: string; Value?: unknown[] }>;

  export interface DicomDict {
    meta: DictDataset;
    dict: DictDataset;
    write(options?: Record<string, unknown>): ArrayBuffer;
  }

  export interface Logger {
    setLevel(level: string): void;
  }

  export interface DictionaryEntry {
    readonly tag: string;
    readonly vr: string;
    readonly name: string;
    readonly vm: string;
  }

  const dcmjs: {
    readonly data: {
      readonly DicomDict: new (meta: DictDataset) => DicomDict;
      readonly DicomMessage: {
        readFile(buffer: ArrayBuffer, options?: { ignoreErrors?: boolean; untilTag?: string }): DicomDict;
      };
      readonly DicomMetaDictionary: {
        /** By punctuated tag: "(0028,0010)". */
        readonly dictionary: Readonly<Record<string, DictionaryEntry | undefined>>;
        /** By keyword: "Rows". */
        readonly nameMap: Readonly<Record<string, DictionaryEntry | undefined>>;
        naturalizeDataset(dataset: DictDataset): Record<string, unknown>;
        denaturalizeDataset(dataset: Record<string, unknown>): DictDataset;
      };
      datasetToDict(dataset: Record<string, unknown>): DicomDict;
      datasetToBuffer(dataset: Record<string, unknown>): Buffer;
    };
    readonly log: Logger & { getLogger(name: string): Logger };
  };
  export default dcmjs;
}
