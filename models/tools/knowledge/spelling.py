"""When two names are one name in two spellings: such a pair must not be split between training and test."""

import re
import unicodedata

FILLERS = frozenset("a an of the".split())
SPELLINGS = (("grey", "gray"), ("oe", "e"), ("ae", "e"), ("our", "or"), ("disk", "disc"), ("fibre", "fiber"))
SHORTEST_WITH_AN_ERROR = 8


def words(text: str) -> list[str]:
    """Lower case without accents, punctuation and "'s", in American spelling and the singular, without fillers."""
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    plain = re.sub(r"'s\b", "", plain)
    for british, american in SPELLINGS:
        plain = plain.replace(british, american)
    found = re.sub(r"[^a-z0-9]+", " ", plain).split()
    return [re.sub(r"(?<=[a-z]{3}[a-hj-rtv-z])s$", "", word) for word in found if word not in FILLERS]


def normal_form(text: str) -> str:
    """Equal for names of the same words in any order: "cortex of the cerebellum", "cerebellum cortex"."""
    return " ".join(sorted(words(text)))


def _letters(text: str) -> set[str]:
    own = words(text)
    return {"".join(own), "".join(sorted(own))}


def _keys(text: str) -> set[str]:
    """Two names share a key if their letters differ by at most one that is missing, added or exchanged."""
    keys = set()
    for letters in _letters(text):
        keys.add(letters)
        if len(letters) >= SHORTEST_WITH_AN_ERROR:
            keys |= {letters[:n] + letters[n + 1 :] for n in range(len(letters))}
    return keys


class Variants:
    """The names that are a spelling of one of the given names."""

    def __init__(self, names: list[str]):
        self._keys = {key for name in names for key in _keys(name)}

    def __contains__(self, name: str) -> bool:
        return not self._keys.isdisjoint(_keys(name))
