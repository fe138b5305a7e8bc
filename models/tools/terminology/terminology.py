"""Codes for a model's own terms: the lookup in concepts.json from which converters write vocabularies.

`concepts.json` lists meanings without a side, one to a line:

  category        of `categories` (CID 7150)
  type            Segmented Property Type; 99PROMPTSEG if no known standard code has the exact meaning
  source          where that code has that meaning (`sources`)
  region          id of the concept that contains a lesion or vessel: becomes the Anatomic Region
  terms           the models' names for it, without a side
  termsForBoth    words that mean both sides at once
  termsInImagesOf words that mean it only in images of that type ("tumor" in CT-Chest)
  note            why a term has this code, if their words differ
  displayColours  sRGB: `whole`, and `left` and `right` if it has sides

docs/integrate/terminology.md explains the rules.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

TABLE = Path(__file__).resolve().parent / "concepts.json"

LATERALITIES = {"left": "left", "right": "right", "both": "both", "bilateral": "both"}


@cache
def table() -> dict:
    return json.loads(TABLE.read_text(encoding="utf-8"))


@cache
def concepts() -> dict[str, dict]:
    """Id → entry, in the table's order."""
    return {entry["id"]: entry for entry in table()["concepts"]}


def write_table(value: dict) -> None:
    """One concept per line, so that changes are visible in a review."""
    lines = [json.dumps(entry, ensure_ascii=False) for entry in value["concepts"]]
    head = json.dumps({key: value[key] for key in ("categories", "sources")}, indent=1, ensure_ascii=False)
    TABLE.write_text(f'{head[:-2]},\n "concepts": [\n  ' + ",\n  ".join(lines) + "\n ]\n}\n", encoding="utf-8")


def normalized(term: str) -> str:
    """Lower case; hyphens, underscores and white space are one space."""
    return re.sub(r"[\s_-]+", " ", term).strip().lower()


def private_code(identifier: str) -> str:
    """Code value of a concept without a standard code: its id, each word cut so that the total is at most 16
    characters.
    """
    words = identifier.split("-")
    return next(
        code for length in range(len(identifier), 0, -1) if len(code := "-".join(w[:length] for w in words)) <= 16
    ).upper()


def concept_of(term: str, image_type: str | None = None) -> dict:
    """The coded concept of a model's own term, as in `vocabulary.json` (server/src/values/concept.ts).

    A side may stand anywhere in the term ("left kidney", "lung upper lobe left", "head of left femur").

    image_type  e.g. "CT-Liver", the groups of BiomedParse's targets: some terms are specific to one
    @raises LookupError for an unknown term, or a side of a concept without sides
    """
    identifier, laterality = _meaning(normalized(term), image_type)
    entry = concepts()[identifier]
    region = entry.get("region")
    return {
        "category": table()["categories"][entry["category"]],
        "type": entry["type"],
        **({"laterality": laterality} if laterality else {}),
        **({"anatomicRegion": concepts()[region]["type"]} if region else {}),
        "displayColour": entry["displayColours"].get(laterality, entry["displayColours"]["whole"]),
    }


def concept_id_of(term: str, image_type: str | None = None) -> str:
    """Id of the term's concept, for any side. @raises LookupError as `concept_of`"""
    return _meaning(normalized(term), image_type)[0]


def _meaning(term: str, image_type: str | None) -> tuple[str, str | None]:
    known = _meanings().get((term, image_type)) or _meanings().get((term, None))
    if known:
        return known
    words = term.split(" ")
    sides = [word for word in words if word in LATERALITIES]
    if len(sides) == 1:
        without_side = " ".join(word for word in words if word not in LATERALITIES)
        known = _meanings().get((without_side, image_type)) or _meanings().get((without_side, None))
        if known and "left" in concepts()[known[0]]["displayColours"]:
            return known[0], LATERALITIES[sides[0]]
    raise LookupError(f"No concept is known for {term!r}" + (f" in images of {image_type}" if image_type else ""))


@cache
def _meanings() -> dict[tuple[str, str | None], tuple[str, str | None]]:
    """(normalized term, image type or None) → (concept's id, laterality). @raises ValueError: two meanings of a term"""
    found: dict[tuple[str, str | None], tuple[str, str | None]] = {}
    for identifier, entry in concepts().items():
        meanings = [
            *(((normalized(term), None), None) for term in entry["terms"]),
            *(((normalized(term), None), "both") for term in entry.get("termsForBoth", [])),
            *(
                ((normalized(term), image_type), None)
                for image_type, terms in entry.get("termsInImagesOf", {}).items()
                for term in terms
            ),
        ]
        for key, laterality in meanings:
            if key in found:
                raise ValueError(f"{key} means both {found[key][0]} and {identifier}")
            found[key] = (identifier, laterality)
    return found
