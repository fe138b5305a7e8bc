"""Promptseg's own table of anatomy: the source of the text encoder's training and of the package's vocabulary.

`anatomy.json` lists concepts: names, synonyms, Latin forms and abbreviations for training; others (`heldOut`) only for
tests; a definition in our own words; the concept that contains it; whether it has sides; its SNOMED CT code if DICOM
PS3.16 has one (tests/test_anatomy.py compares them with pydicom's tables). `region` states whether the model segments
it ("head") or must recognise it as something else ("absent").
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .base_classes import LATERAL_CLASSES, MIDLINE_CLASSES

SIDES = ("left", "right")


@dataclass(frozen=True)
class Concept:
    name: str
    sides: bool
    synonyms: tuple[str, ...]
    held_out: tuple[str, ...]
    latin: tuple[str, ...]
    abbreviations: tuple[str, ...]
    definition: str
    part_of: str | None
    code: tuple[str, str] | None
    absent: bool

    @property
    def taught_names(self) -> tuple[str, ...]:
        return (self.name, *self.synonyms, *self.latin, *self.abbreviations)


@cache
def concepts() -> dict[str, Concept]:
    """Name → concept, in the table's order."""
    rows = json.loads((Path(__file__).parent / "anatomy.json").read_text(encoding="utf-8"))
    return {row["name"]: _concept(row) for row in rows}


def _concept(row: dict) -> Concept:
    code = row.get("code")
    return Concept(
        name=row["name"],
        sides=row.get("sides", False),
        synonyms=tuple(row["synonyms"]),
        held_out=tuple(row["heldOut"]),
        latin=tuple(row["latin"]),
        abbreviations=tuple(row["abbreviations"]),
        definition=row["definition"],
        part_of=row.get("partOf"),
        code=(code["value"], code["meaning"]) if code else None,
        absent=row["region"] == "absent",
    )


def ancestors(name: str) -> list[str]:
    """The concepts that contain a concept, nearest first. @raises ValueError if the relation is circular"""
    line: list[str] = []
    whole = concepts()[name].part_of
    while whole is not None:
        if whole in line or whole == name:
            raise ValueError(f"{name} is part of itself")
        line.append(whole)
        whole = concepts()[whole].part_of
    return line


VENTRICLES = ("lateral ventricle", "inferior lateral ventricle", "third ventricle", "fourth ventricle")
BASAL_GANGLIA = ("caudate nucleus", "putamen", "globus pallidus", "nucleus accumbens")
HEMISPHERE = tuple(name for name in LATERAL_CLASSES if not name.startswith("cerebellar"))
BRAIN = (*LATERAL_CLASSES, "third ventricle", "fourth ventricle", "brain stem")

# Concepts that are unions of base classes (by their names without sides).
UNIONS: dict[str, tuple[str, ...]] = {
    "head": (*LATERAL_CLASSES, *MIDLINE_CLASSES),
    "intracranial contents": (*BRAIN, "extraventricular cerebrospinal fluid"),
    "brain": BRAIN,
    "cerebrum": ("cerebral white matter", "cerebral cortex"),
    "cerebral hemisphere": HEMISPHERE,
    "ventricles": VENTRICLES,
    "lateral ventricles": VENTRICLES[:2],
    "cerebrospinal fluid": (*VENTRICLES, "extraventricular cerebrospinal fluid"),
    "cerebellum": ("cerebellar white matter", "cerebellar cortex"),
    "deep grey matter": ("thalamus", *BASAL_GANGLIA),
    "basal ganglia": BASAL_GANGLIA,
    "striatum": ("caudate nucleus", "putamen", "nucleus accumbens"),
    "lentiform nucleus": ("putamen", "globus pallidus"),
    "medial temporal structures": ("hippocampus", "amygdala"),
    "white matter": ("cerebral white matter", "cerebellar white matter"),
    "grey matter": ("cerebral cortex", "cerebellar cortex", "thalamus", *BASAL_GANGLIA, "hippocampus", "amygdala"),
}


@dataclass(frozen=True)
class Meaning:
    """A concept on one side, or as a whole (side None).

    classes  names of the base classes whose union it is; empty if the model does not segment it
    """

    concept: Concept
    side: str | None
    classes: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.side} {self.concept.name}" if self.side else self.concept.name


@cache
def meanings() -> tuple[Meaning, ...]:
    """All possible meanings, in the table's order: a concept as a whole, then its left and right."""
    found = []
    for concept in concepts().values():
        members = () if concept.absent else UNIONS.get(concept.name, (concept.name,))
        for side in (None, *SIDES) if concept.sides else (None,):
            found.append(Meaning(concept, side, tuple(c for m in members for c in _classes(m, side))))
    return tuple(found)


def _classes(member: str, side: str | None) -> list[str]:
    if member in MIDLINE_CLASSES:
        return [member]
    return [f"{s} {member}" for s in SIDES if side in (None, s)]
