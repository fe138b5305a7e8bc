"""`vocabulary.json` of a converted model: its own terms, with the codes of models/tools/terminology."""

import re
from collections.abc import Iterable, Mapping

from terminology.terminology import concept_id_of, concept_of, concepts, normalized

LONGEST_NAME = 64
"""Maximum length of a Segment Label (DICOM VR LO)."""
MOST_WORDS = 5
"""Maximum length of a synonym."""


def target(term: str, modalities: Iterable[str], image_type: str | None = None, name: str | None = None) -> dict:
    """One target of the vocabulary for one term of the model.

    modalities  DICOM Modality of the images in which the model knows the term
    image_type  if the term's meaning depends on it: see terminology.concept_of
    name        for people; default: the term
    @raises LookupError for a term without a known concept
    """
    name = name or term
    if len(name) > LONGEST_NAME:
        raise ValueError(f"{name!r} is too long for a Segment Label")
    return {
        "id": slug(name),
        "name": name,
        "synonyms": [],
        "modalities": list(modalities),
        "concept": concept_of(term, image_type),
        "modelTerm": term,
    }


def slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def with_synonyms(targets: list[dict]) -> list[dict]:
    """The same targets, each with the other terms that the terminology knows for its concept and side.

    A term is not added if it is the name of another target, or if two targets share concept and side. Terms that
    describe an image ("liver (non abdomen window)") are not added either: nobody types them.
    """
    names = {normalized(known["name"]) for known in targets} | {normalized(known["modelTerm"]) for known in targets}
    owners: dict[tuple[str, str | None], list[str]] = {}
    for known in targets:
        owners.setdefault(_meaning(known), []).append(known["id"])
    return [
        {
            **known,
            "synonyms": []
            if len(owners[_meaning(known)]) > 1
            else [t for t in _terms(*_meaning(known)) if t not in names],
        }
        for known in targets
    ]


def _meaning(known: Mapping) -> tuple[str, str | None]:
    return concept_id_of(known["modelTerm"]), known["concept"].get("laterality")


def _terms(concept: str, laterality: str | None) -> list[str]:
    """Terms of a concept, with the side before them."""
    entry = concepts()[concept]
    if laterality == "both":
        terms = entry.get("termsForBoth", [])
    else:
        terms = [f"{laterality} {term}" if laterality else term for term in entry["terms"]]
    return list(
        dict.fromkeys(normalized(term) for term in terms if len(term.split()) <= MOST_WORDS and "(" not in term)
    )
