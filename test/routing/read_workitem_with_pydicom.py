"""Reads a workitem in DICOM JSON with pydicom, for workitems.test.ts.

Usage: read_workitem_with_pydicom.py < RESPONSE

Prints a JSON object: the SOP class, the state, and for each output its SOP class and SOP Instance UID. The dataset is
also written as DICOM and read again, so every value must fit its value representation; pydicom raises an error
otherwise.
"""

import io
import json
import sys

import pydicom

pydicom.config.settings.reading_validation_mode = pydicom.config.RAISE
pydicom.config.settings.writing_validation_mode = pydicom.config.RAISE


def main() -> None:
    [dataset] = json.load(sys.stdin)
    parsed = pydicom.Dataset.from_json(dataset)
    encoded = io.BytesIO()
    pydicom.dcmwrite(encoded, parsed, implicit_vr=False, little_endian=True)
    encoded.seek(0)
    workitem = pydicom.dcmread(encoded, force=True)
    outputs = [
        (reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID)
        for performed in workitem.UnifiedProcedureStepPerformedProcedureSequence
        for output in performed.OutputInformationSequence
        for reference in output.ReferencedSOPSequence
    ]
    print(json.dumps({"class": workitem.SOPClassUID, "state": workitem.ProcedureStepState, "outputs": outputs}))


if __name__ == "__main__":
    main()
