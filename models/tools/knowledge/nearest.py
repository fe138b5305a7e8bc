"""The concept whose trained name is nearest to a text, by several encoders together."""

from dataclasses import dataclass

import torch

from training.anatomy import Meaning, meanings
from training.text_encoder import utf8_tokens

from .learn import Tasks
from .table import Entry


@dataclass(frozen=True)
class Members:
    """Encoders that were trained from different seeds, as one: its cosines are the means of theirs."""

    tasks: tuple[Tasks, ...]

    def codes(self, texts: list[str]) -> torch.Tensor:
        """Unit vectors float32 [texts, members x 128]."""
        tokens = utf8_tokens(texts)
        return self._joined([member.encoder(tokens) for member in self.tasks])

    def prototypes(self) -> torch.Tensor:
        """Unit vectors float32 [entries + 1, members x 128]."""
        return self._joined([member.prototypes() for member in self.tasks])

    def _joined(self, vectors: list[torch.Tensor]) -> torch.Tensor:
        return torch.cat(vectors, 1) / len(vectors) ** 0.5

    def places_of(self, texts: list[str]) -> torch.Tensor:
        """float32 [texts, 8] in the units of `meshes.place_of`."""
        return torch.stack([member.places_of(texts) for member in self.tasks]).mean(0)


def similarity_of_names(members: Members, entries: list[Entry], code: torch.Tensor) -> torch.Tensor:
    """float32 [codes, entries]: cosine between a code and the nearest of the entry's trained names.

    @param code from `Members.codes`
    """
    names = [(n, name) for n, entry in enumerate(entries) for name in entry.names]
    similarity = code @ members.codes([name for _, name in names]).T
    owner = torch.tensor([n for n, _ in names]).expand(len(code), -1)
    return torch.full((len(code), len(entries)), -1.0).scatter_reduce(1, owner, similarity, "amax")


@dataclass(frozen=True)
class NearestName:
    """The head model's meanings by their names; nonsense, which has no name, by its prototype."""

    members: Members
    entries: list[Entry]

    def understood(self, texts: list[str]) -> list[Meaning | None]:
        code = self.members.codes(texts)
        named = similarity_of_names(self.members, self.entries[: len(meanings())], code)
        nonsense = code @ self.members.prototypes()[-1:].T
        nearest = torch.cat([named, nonsense], 1).argmax(1).tolist()
        return [meanings()[n] if n < len(meanings()) else None for n in nearest]
