"""Prints what highdicom reads in a measurement report (TID 1500): its observer and every volumetric ROI group (TID
1411), as JSON.

Usage: read_report_with_highdicom.py REPORT
"""

import json
import sys

import highdicom
from highdicom.sr import CodedConcept
from highdicom.sr.value_types import NumContentItem

OBSERVER_TYPE = "121005"


def main(report_file: str) -> None:
    report = highdicom.sr.srread(report_file)
    observer = report.content[0].ContentSequence.find(CodedConcept(OBSERVER_TYPE, "DCM", "Observer Type"))
    groups = report.content.get_volumetric_roi_measurement_groups()
    print(
        json.dumps(
            {
                "class": report.SOPClassUID.name,
                "observer": [item.value.meaning for item in observer],
                "groups": [describe(group) for group in groups],
            }
        )
    )


def describe(group: highdicom.sr.VolumetricROIMeasurementsAndQualitativeEvaluations) -> dict:
    segment = group.referenced_segment
    return {
        "trackingIdentifier": group.tracking_identifier,
        "trackingUID": group.tracking_uid,
        "category": group.finding_category.value if group.finding_category else None,
        "finding": group.finding_type.value,
        "sites": [
            {"site": site.value.value, "laterality": site.laterality.value if site.laterality else None}
            for site in group.finding_sites
        ],
        "sopInstanceUID": segment.referenced_sop_instance_uid,
        "segmentNumber": int(segment.referenced_segment_numbers[0]),
        "sourceSeries": source_series.value if (source_series := segment.source_series_for_segmentation) else None,
        "measurements": [
            {
                "name": measurement.name.meaning,
                "modifiers": modifiers(measurement[0]),
                "value": float(measurement.value),
                "unit": measurement.unit.value,
            }
            for measurement in group.get_measurements()
        ],
    }


def modifiers(item: NumContentItem) -> list[str]:
    return [child.value.meaning for child in item.ContentSequence] if "ContentSequence" in item else []


main(*sys.argv[1:])
