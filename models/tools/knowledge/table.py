"""The table of concepts: the head model's meanings first, then nonsense, then every other concept of the FMA.

Three sources become one: training/anatomy.json (our own names and definitions), the trees of the body meshes (names,
relations, places), and Uberon (exact synonyms and definitions of concepts that have a number of the FMA).
"""

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from training.anatomy import Meaning, meanings

from .meshes import mesh_concepts
from .obo import Term, read_terms
from .spelling import Variants, normal_form

# One synonym in five is held out.
FIFTHS = 5


@dataclass(frozen=True)
class Entry:
    """names       for training; the first is the preferred one
    held_out    names that no training text may spell
    definition  "" if there is none
    wholes      names of what it is part of, or a kind of
    place       `meshes.place_of`, or None
    meaning     the head model's, or None
    """

    names: tuple[str, ...]
    held_out: tuple[str, ...] = ()
    definition: str = ""
    wholes: frozenset[str] = frozenset()
    place: np.ndarray | None = None
    meaning: Meaning | None = None


def is_held_out(name: str) -> bool:
    """The published split: a hash of the normal form, so that it depends on nothing but the name."""
    return int(hashlib.sha256(normal_form(name).encode()).hexdigest(), 16) % FIFTHS == 0


def own_entries() -> list[Entry]:
    """The head model's meanings, in their order. Their split is that of anatomy.json."""
    return [
        Entry(
            names=_with_side(meaning, meaning.concept.taught_names),
            held_out=_with_side(meaning, meaning.concept.held_out),
            definition=meaning.concept.definition,
            wholes=frozenset({meaning.concept.part_of} - {None}),
            meaning=meaning,
        )
        for meaning in meanings()
    ]


def _with_side(meaning: Meaning, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{meaning.side} {name}" if meaning.side else name for name in names)


def table(meshes: Path | None, ontologies: list[Path]) -> list[Entry]:
    """The entries of `meanings()`, then the others.

    @param meshes      bodyparts3d.json
    @param ontologies  files in OBO format; a term of several files counts once
    """
    own = own_entries()
    banned = Variants([name for entry in own for name in entry.held_out])
    known = _by_form(own)
    others: list[Entry] = []
    for entry in _merged(meshes, ontologies):
        names = tuple(name for name in entry.names if name not in banned)
        if not names:
            continue
        matches = [known[form] for name in names if (form := normal_form(name)) in known]
        if not matches:
            others.append(replace(entry, names=names))
        elif len(set(matches)) == 1:
            own[matches[0]] = _joined(own[matches[0]], replace(entry, names=names))
    return [*_unambiguous(own, own), *_split(_unambiguous(others, [*own, *others]))]


def _by_form(entries: list[Entry]) -> dict[str, int]:
    """A name of several entries ("ventricle") is no one's."""
    pairs = {(normal_form(name), n) for n, entry in enumerate(entries) for name in entry.names}
    often = Counter(form for form, _ in pairs)
    return {form: n for form, n in pairs if often[form] == 1}


def _unambiguous(entries: list[Entry], every: list[Entry]) -> list[Entry]:
    """Without synonyms that also name something else."""
    mine = _by_form(every)
    return [
        replace(entry, names=(entry.names[0], *(n for n in entry.names[1:] if normal_form(n) in mine)))
        for entry in entries
    ]


def _split(entries: list[Entry]) -> list[Entry]:
    """Synonyms of one form are held out together. What spells a preferred name is never held out."""
    preferred = Variants([entry.names[0] for entry in entries])
    held = {name for entry in entries for name in entry.names[1:] if is_held_out(name) and name not in preferred}
    variants = Variants(sorted(held))
    return [
        replace(
            entry,
            names=(entry.names[0], *(name for name in entry.names[1:] if name not in variants)),
            held_out=tuple(name for name in entry.names[1:] if name in held),
        )
        for entry in entries
    ]


def _joined(first: Entry, second: Entry) -> Entry:
    return replace(
        first,
        names=tuple(dict.fromkeys((*first.names, *second.names))),
        definition=first.definition or second.definition,
        wholes=first.wholes | second.wholes,
        place=second.place if first.place is None else first.place,
    )


def _merged(meshes: Path | None, ontologies: list[Path]) -> list[Entry]:
    """Concepts of the meshes and of Uberon. One of both has the same number of the FMA or the same name."""
    entries: dict[str, Entry] = {}
    by_number: dict[str, str] = {}
    for concept in mesh_concepts(meshes) if meshes else ():
        key = normal_form(concept.name)
        entry = Entry((concept.name,), wholes=frozenset(concept.wholes), place=concept.place)
        entries[key] = _joined(entries[key], entry) if key in entries else entry
        if concept.fma:
            by_number[concept.fma] = key
    terms = {term.identifier: term for file in ontologies for term in read_terms(file)}
    for term in terms.values():
        if not term.fma:
            continue
        key = next((by_number[n] for n in term.fma if n in by_number), normal_form(term.name))
        wholes = frozenset(terms[parent].name for parent in _ancestors(term, terms))
        entry = Entry((term.name, *term.synonyms), definition=term.definition, wholes=wholes)
        entries[key] = _joined(entries[key], entry) if key in entries else entry
    return list(entries.values())


def _ancestors(term: Term, terms: dict[str, Term]) -> set[str]:
    found: set[str] = set()
    waiting = [term.identifier]
    while waiting:
        for parent in terms[waiting.pop()].parents:
            if parent in terms and parent not in found:
                found.add(parent)
                waiting.append(parent)
    return found - {term.identifier}
