/** The part of dcmjs that the generators use; the package has no types. */
declare module 'dcmjs' {
  type Dictionary = Record<string, unknown>;
  const dcmjs: {
    data: {
      DicomDict: new (
        meta: Dictionary,
      ) => { dict: Dictionary; write(options: { fragmentMultiframe: boolean }): ArrayBuffer };
      DicomMetaDictionary: { denaturalizeDataset(dataset: Dictionary): Dictionary };
    };
  };
  export default dcmjs;
}
