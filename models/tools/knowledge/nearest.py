"""The concept whose trained name is nearest to a text."""

from dataclasses import dataclass

import torch

from training.anatomy import Meaning, meanings
from training.text_encoder import utf8_tokens

from .learn import Tasks
from .table import Entry


def similarity_of_names(tasks: Tasks, entries: list[Entry], code: torch.Tensor) -> torch.Tensor:
    """float32 [codes, entries]: cosine between a code and the nearest of the entry's trained names.

    @param code float32 [codes, 128] of the encoder
    """
    names = [(n, name) for n, entry in enumerate(entries) for name in entry.names]
    similarity = code @ tasks.encoder(utf8_tokens([name for _, name in names])).T
    owner = torch.tensor([n for n, _ in names]).expand(len(code), -1)
    return torch.full((len(code), len(entries)), -1.0).scatter_reduce(1, owner, similarity, "amax")


@dataclass(frozen=True)
class NearestName:
    """The head model's meanings by their names; nonsense, which has no name, by its prototype."""

    tasks: Tasks
    entries: list[Entry]

    def understood(self, texts: list[str]) -> list[Meaning | None]:
        code = self.tasks.encoder(utf8_tokens(texts))
        named = similarity_of_names(self.tasks, self.entries[: len(meanings())], code)
        nonsense = code @ self.tasks.prototypes()[-1:].T
        nearest = torch.cat([named, nonsense], 1).argmax(1).tolist()
        return [meanings()[n] if n < len(meanings()) else None for n in nearest]
