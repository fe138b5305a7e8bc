"""Training texts of an entry: its names as people type them, and words of its definition."""

import re

import numpy as np

from training.phrases import BOTH_FORMS, SIDE_FORMS, WRAPPERS, mistyped

from .numbers import renumbered
from .spelling import normal_form
from .table import Entry

BY_DEFINITION = 0.15
MISTYPED = 1 / 7
RENUMBERED = 1 / 2
FEWEST_WORDS, MOST_WORDS = 2, 7


class Texts:
    """Draws texts of entries; none has the words of a held-out name of its entry, unless a trained
    name has them too ("brain stem" and "brain-stem", which anatomy.json splits)."""

    def __init__(self, entries: list[Entry]):
        self._entries = entries
        self._definitions = [re.findall(r"[\w'-]+", entry.definition.lower()) for entry in entries]
        self._held_out = [_forms(entry.held_out) - _forms(entry.names) for entry in entries]

    def draw(self, random: np.random.Generator, n: int) -> str:
        entry = self._entries[n]
        if self._definitions[n] and random.random() < BY_DEFINITION:
            text = _with_side(entry, _excerpt(random, self._definitions[n]))
        else:
            text = _name(random, entry)
        if random.random() < RENUMBERED:
            text = renumbered(random, text)
        if normal_form(text) in self._held_out[n]:
            return entry.names[0]
        return mistyped(random, text) if random.random() < MISTYPED else text


def _forms(names: tuple[str, ...]) -> set[str]:
    return {normal_form(name) for name in names}


def _excerpt(random: np.random.Generator, words: list[str]) -> str:
    """Some neighbouring words, one time in three with gaps."""
    count = int(random.integers(FEWEST_WORDS, MOST_WORDS + 1))
    first = int(random.integers(max(1, len(words) - count + 1)))
    chosen = words[first : first + count]
    if random.random() < 1 / 3:
        chosen = [word for word in chosen if random.random() < 0.75] or chosen
    return " ".join(chosen)


def _with_side(entry: Entry, text: str) -> str:
    return f"{entry.meaning.side} {text}" if entry.meaning and entry.meaning.side else text


def _name(random: np.random.Generator, entry: Entry) -> str:
    """One of the names, the preferred one more often, its side in any of the usual places."""
    n = 0 if random.random() < 0.25 else int(random.integers(len(entry.names)))
    name = entry.names[n]
    forms: tuple[str, ...] = ("{}",)
    if entry.meaning and entry.meaning.side:
        name = name.replace(f"{entry.meaning.side} ", "", 1)
        forms = SIDE_FORMS[entry.meaning.side]
    elif entry.meaning and entry.meaning.concept.sides:
        forms = BOTH_FORMS
    return str(random.choice(WRAPPERS)).format(str(random.choice(forms)).format(name))
