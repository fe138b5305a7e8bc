"""Writes server/src/prompts/anatomicalTerms.ts, anatomical names that the server knows even if no installed model does:
python -m terminology.write_anatomical_terms

One line per concept of concepts.json: code | name | further terms | published models that segment it, each with its
modalities if its list of terms says them. Functions (neural activity) are left out, and terms that mean a concept only
in one kind of image: "tumor" alone is none of them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from textwrap import wrap

from .terminology import concept_id_of, concepts, normalized

TERMS = Path(__file__).resolve().parent / "published_terms.json"
TARGET = Path(__file__).resolve().parents[3] / "server/src/prompts/anatomicalTerms.ts"

MODALITIES = {"ct": "CT", "mri": "MR", "pet": "PT"}
"""SAT's names of modalities → DICOM's"""

IMAGES = {"CT": "CT", "MRI": "MR", "X-Ray": "DX", "Ultrasound": "US"}
"""The kinds of images that BiomedParse names → DICOM's modalities"""


def published_by_concept() -> dict[str, dict[str, set[str]]]:
    """Concept's id → published model → its modalities, empty if its terms do not say them."""
    terms = json.loads(TERMS.read_text(encoding="utf-8"))
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for key, names in terms["SAT"].items():
        for name in names:
            found[concept_id_of(name)]["SAT"].add(MODALITIES[key])
    for name in terms["BiomedParse"]:
        found[concept_id_of(name)]["BiomedParse"].update(())
    for image, names in terms["BiomedParse in images of"].items():
        modality = next((value for kind, value in IMAGES.items() if image.startswith(kind)), None)
        for name in names:
            found[concept_id_of(name, image)]["BiomedParse"].update([modality] if modality else ())
    for name in terms["BiomedParse v2"]:
        found[concept_id_of(name)]["BiomedParse v2"].update(())
    return found


LONGEST_LINE = 120


def lines() -> list[str]:
    published = published_by_concept()
    written = []
    for identifier, entry in concepts().items():
        if entry["category"] == "Function":
            continue
        name = entry["type"]["meaning"] if "region" not in entry else identifier.replace("-", " ")
        terms = dict.fromkeys(normalized(term) for term in entry["terms"])
        models = [
            " ".join([model.replace(" ", "_"), *sorted(modalities)])
            for model, modalities in sorted(published[identifier].items())
        ]
        others = [term for term in terms if term != normalized(name)]
        line = " | ".join([entry["type"]["value"], name, "; ".join(others), ", ".join(models)]).rstrip()
        written.extend(wrap(line, LONGEST_LINE, break_long_words=False, subsequent_indent="  "))
    return written


HEAD = """\
/**
 * Written by `python -m terminology.write_anatomical_terms` from the table of codes: code | name | further terms |
 * published models that segment it, with modalities if they are listed by modality. An indented line continues the
 * previous one.
 */
export const anatomicalTerms = `
"""


def text() -> str:
    return HEAD + "\n".join(lines()) + "\n`;\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
