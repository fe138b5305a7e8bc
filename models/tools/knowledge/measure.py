"""How well held-out names are understood, and what is known of places."""

import numpy as np
import torch

from training.anatomy import Meaning, meanings
from training.text_encoder import Understanding, measure_knowledge

from .nearest import Members, similarity_of_names
from .spelling import Variants, words
from .table import Entry, own_entries

X, Y, Z, VOLUME = 0, 1, 2, 6


def measure_own(knowledge: Understanding) -> dict[str, float]:
    """`measure_knowledge`, and of the held-out names of segmented structures those that are no other spelling of a
    trained name of anatomy.json ("brain-stem" is one of "brainstem").
    """
    taught = Variants([name for entry in own_entries() for name in entry.names])
    strict = [
        (entry.meaning, name)
        for entry in own_entries()
        for name in entry.held_out
        if entry.meaning.classes and name not in taught
    ]
    understood = knowledge.understood([name for _, name in strict])
    right = [_same(wanted, found) for (wanted, _), found in zip(strict, understood, strict=True)]
    return {**measure_knowledge(knowledge), "held_out_no_spelling": _share(right), "of_no_spelling": len(strict)}


def _same(wanted: Meaning, found: Meaning | None) -> bool:
    return set(wanted.classes) == set(found.classes if found else ())


def measure_others(members: Members, entries: list[Entry]) -> dict[str, float]:
    """Held-out names of the concepts that the head model does not have, each among all of these concepts.

    by_concept    the nearest prototype is the right one
    by_name       the nearest trained name is one of the concept's
    among_five    it is among the five concepts with the nearest names
    no_word       `by_name`, of names that share no word with the concept's trained names
    """
    first = len(meanings())
    asked = [(n, name) for n in range(first, len(entries)) for name in entries[n].held_out]
    if not asked:
        return {}
    rows = torch.tensor([n for n, _ in asked]) - first
    code = members.codes([name for _, name in asked])
    by_concept = (code @ members.prototypes()[first:-1].T).argmax(1) == rows
    five = similarity_of_names(members, entries[first:], code).topk(min(5, len(entries) - first), 1).indices
    by_name = five[:, 0] == rows
    new = torch.tensor([_shares_no_word(name, entries[n]) for n, name in asked])
    return {
        "names": len(asked),
        "by_concept": _share(by_concept.tolist()),
        "by_name": _share(by_name.tolist()),
        "among_five": _share((five == rows[:, None]).any(1).tolist()),
        "no_word": _share(by_name[new].tolist()),
        "of_no_word": int(new.sum()),
    }


def _shares_no_word(name: str, entry: Entry) -> bool:
    return set(words(name)).isdisjoint(word for taught in entry.names for word in words(taught))


def measure_places(members: Members, entries: list[Entry]) -> dict[str, float]:
    """Predicted from held-out names of concepts with a surface: median distance of the centre, in mm, and median factor
    of the volume; beside them those of always predicting the mean.
    """
    asked = [(entry.place, name) for entry in entries for name in entry.held_out if entry.place is not None]
    if not asked:
        return {}
    truth = np.array([place for place, _ in asked])
    predicted = members.places_of([name for _, name in asked]).numpy()
    mean = np.broadcast_to(members.tasks[0].place_mean.numpy(), truth.shape)
    return {
        "names": len(asked),
        **_errors("", truth, predicted),
        **_errors("mean_", truth, mean),
    }


def _errors(prefix: str, truth: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    apart = np.linalg.norm((truth - predicted)[:, [X, Y, Z]], axis=1) * 1000
    factor = np.exp(np.abs((truth - predicted)[:, VOLUME]))
    return {f"{prefix}mm": round(float(np.median(apart)), 1), f"{prefix}factor": round(float(np.median(factor)), 2)}


def _share(right: list[bool]) -> float:
    return round(sum(right) / max(1, len(right)), 4)
