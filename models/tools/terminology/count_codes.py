"""How many targets of each model have a standard code: python -m terminology.count_codes"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from body.vocabulary import STRUCTURES

from .terminology import concept_of

MODELS = Path(__file__).resolve().parents[2]
Target = tuple[str, str | None]
"""The model's own term, and the image type if the term is specific to it"""


@cache
def published() -> dict[str, tuple[Target, ...]]:
    """The published models' own terms (published_terms.json), by model."""
    terms = json.loads((Path(__file__).resolve().parent / "published_terms.json").read_text(encoding="utf-8"))
    in_images = [(term, image) for image, names in terms["BiomedParse in images of"].items() for term in names]
    return {
        "SAT": tuple((term, None) for names in terms["SAT"].values() for term in names),
        "BiomedParse": (*((term, None) for term in terms["BiomedParse"]), *in_images),
        "BiomedParse v2": tuple((term, None) for term in terms["BiomedParse v2"]),
    }


@cache
def shipped() -> dict[str, tuple[Target, ...]]:
    """Names of the targets of the shipped models, by model."""
    tissues = json.loads((MODELS / "ct-tissues" / "vocabulary.json").read_text(encoding="utf-8"))
    anatomy = json.loads((MODELS / "tools/training/anatomy.json").read_text(encoding="utf-8"))
    return {
        "ct-tissues": tuple((target["name"], None) for target in tissues["targets"]),
        "head": tuple((name, None) for row in anatomy if row["region"] == "head" for name in _with_sides(row)),
        "body": tuple((term, None) for structure in STRUCTURES for term in structure.terms),
    }


def _with_sides(row: dict) -> Iterator[str]:
    yield row["name"]
    if row.get("sides"):
        yield from (f"{side} {row['name']}" for side in ("left", "right", "both"))


def schemes(targets: tuple[Target, ...]) -> Counter[str]:
    """Number of targets by the coding scheme of their type."""
    return Counter(concept_of(term, image)["type"]["scheme"] for term, image in targets)


def main() -> None:
    print(f"{'model':<16}{'targets':>8}{'SCT':>6}{'other standard':>16}{'private':>9}")
    for model, targets in (published() | shipped()).items():
        count = schemes(targets)
        other = sum(number for scheme, number in count.items() if scheme not in ("SCT", "99PROMPTSEG"))
        print(f"{model:<16}{len(targets):>8}{count['SCT']:>6}{other:>16}{count['99PROMPTSEG']:>9}")


if __name__ == "__main__":
    main()
