"""Stage 1, knowledge: a small text encoder, trained on the table of anatomy by contrast.

A text's embedding must be nearest to the prototype of its meaning. Prototypes of segmented structures are fixed: the
code of the class, or the normalised sum of the codes of a union. Those of other organs and of nonsense are learned,
kept away from the codes.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from .anatomy import Meaning, meanings
from .base_classes import CLASS_COUNT, CLASS_NAMES
from .network import fixed_codes
from .phrases import mistyped, nonsense, phrase

MAXIMUM_TOKENS = 64
TEMPERATURE = 0.07


def utf8_tokens(texts: list[str]) -> torch.Tensor:
    """int64 [texts, 64]: the bytes of each text in UTF-8, lower case, truncated at 64, 0 after the end: the tokenizer
    of the model package.
    """
    tokens = torch.zeros(len(texts), MAXIMUM_TOKENS, dtype=torch.int64)
    for row, text in enumerate(texts):
        encoded = text.lower().encode()[:MAXIMUM_TOKENS]
        tokens[row, : len(encoded)] = torch.tensor(list(encoded))
    return tokens


class TextEncoder(nn.Module):
    """int64 [texts, tokens] → unit vectors float32 [texts, dimension]."""

    def __init__(self, dimension: int, width: int = 128, heads: int = 4):
        super().__init__()
        self.embedding = nn.Embedding(256, width)
        self.convolutions = nn.ModuleList(nn.Conv1d(width, width, size, padding=size // 2) for size in (3, 5, 5))
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in self.convolutions)
        self.attention = nn.Linear(width, heads)
        self.output = nn.Sequential(nn.Linear(width * heads, 2 * width), nn.GELU(), nn.Linear(2 * width, dimension))

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        present = (tokens > 0).unsqueeze(-1).float()
        x = self.embedding(tokens) * present
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            x = (x + functional.gelu(norm(convolution(x.transpose(1, 2)).transpose(1, 2)))) * present
        weight = torch.softmax(self.attention(x) + (present - 1) * 1e4, 1)
        pooled = (weight.unsqueeze(-1) * x.unsqueeze(2)).sum(1).flatten(1)
        return functional.normalize(self.output(pooled), dim=1)


class Prototypes(nn.Module):
    """Training targets of the embeddings of each meaning, and of nonsense (the last row): [meanings + 1, dimension],
    unit vectors.
    """

    def __init__(self, dimension: int):
        super().__init__()
        codes = fixed_codes(CLASS_COUNT, dimension)
        fixed = torch.zeros(len(meanings()) + 1, dimension)
        for row, meaning in enumerate(meanings()):
            fixed[row] = sum((codes[CLASS_NAMES.index(name)] for name in meaning.classes), torch.zeros(dimension))
        self.register_buffer("fixed", functional.normalize(fixed, dim=1))
        self.register_buffer("learnt", (fixed.norm(dim=1, keepdim=True) == 0).float())
        self.free = nn.Parameter(0.1 * torch.randn(fixed.shape))

    def forward(self) -> torch.Tensor:
        return self.fixed + self.learnt * functional.normalize(self.free, dim=1)


class Understanding(Protocol):
    def understood(self, texts: list[str]) -> list[Meaning | None]:
        """The meaning of each text; None for nonsense."""


@dataclass(frozen=True)
class Knowledge:
    encoder: TextEncoder
    prototypes: torch.Tensor

    @torch.no_grad()
    def understood(self, texts: list[str]) -> list[Meaning | None]:
        """The nearest meaning of each text; None for nonsense."""
        nearest = (self.encoder(utf8_tokens(texts)) @ self.prototypes.T).argmax(1).tolist()
        return [meanings()[n] if n < len(meanings()) else None for n in nearest]


FILE = "text_encoder.pt"


def save_knowledge(knowledge: Knowledge, folder: Path) -> None:
    torch.save({"encoder": knowledge.encoder.state_dict(), "prototypes": knowledge.prototypes}, folder / FILE)


def load_knowledge(folder: Path) -> Knowledge:
    """@raises FileNotFoundError if `text` was not run"""
    state = torch.load(folder / FILE, map_location="cpu", weights_only=True)
    encoder = TextEncoder(state["prototypes"].shape[1])
    encoder.load_state_dict(state["encoder"])
    return Knowledge(encoder.eval().requires_grad_(False), state["prototypes"])


def learn_knowledge(steps: int, batch: int, dimension: int, seed: int = 5) -> Knowledge:
    """Trains an encoder. A text of a concept is a phrase with one of its names or, one time in ten, its definition."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    encoder, prototypes = TextEncoder(dimension), Prototypes(dimension)
    parameters = [*encoder.parameters(), *prototypes.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=2e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=steps, pct_start=0.05)
    for _ in range(steps):
        texts, targets = _examples(random, batch)
        similarity = encoder(utf8_tokens(texts)) @ prototypes().T
        loss = functional.cross_entropy(similarity / TEMPERATURE, targets) + _apart(prototypes)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        schedule.step()
    return Knowledge(encoder.eval().requires_grad_(False), prototypes().detach())


def _apart(prototypes: Prototypes) -> torch.Tensor:
    """Keeps meanings that the model cannot segment away from those that it can."""
    learnt = prototypes.learnt[:, 0] > 0
    every = prototypes()
    return functional.relu(every[learnt] @ every[~learnt].T - 0.1).square().mean() * 10


def _examples(random: np.random.Generator, batch: int) -> tuple[list[str], torch.Tensor]:
    texts, targets = [], []
    for _ in range(batch):
        n = int(random.integers(len(meanings()) + 12))
        if n >= len(meanings()):
            texts.append(nonsense(random))
            targets.append(len(meanings()))
            continue
        meaning = meanings()[n]
        by_definition = meaning.side is None and random.random() < 0.1
        texts.append(meaning.concept.definition if by_definition else phrase(random, meaning))
        targets.append(n)
    return texts, torch.tensor(targets)


def measure_knowledge(knowledge: Understanding, seed: int = 17) -> dict[str, float]:
    """Share of texts that are understood correctly: trained names, misspelt trained names, held-out synonyms, unseen
    nonsense.

    A meaning that the model does not segment may be confused with another such meaning.
    """
    random = np.random.default_rng(seed)
    taught = [(m, f"{m.side} {name}" if m.side else name) for m in meanings() for name in m.concept.taught_names]
    held_out = [(m, f"{m.side} {name}" if m.side else name) for m in meanings() for name in m.concept.held_out]
    made_up = [nonsense(random, UNSEEN_WORDS) for _ in range(500)]
    return {
        "taught": _share_right(knowledge, taught),
        "mistyped": _share_right(knowledge, [(m, mistyped(random, text)) for m, text in taught]),
        "held_out_segmented": _share_right(knowledge, [(m, text) for m, text in held_out if m.classes]),
        "held_out_absent": _share_right(knowledge, [(m, text) for m, text in held_out if not m.classes]),
        "nonsense": sum(m is None or not m.classes for m in knowledge.understood(made_up)) / len(made_up),
    }


UNSEEN_WORDS = (
    "airport banana basket beach bell boat box bucket carrot cereal circus clock cloud desert dinner diamond eagle "
    "elephant envelope festival flag flower freedom giraffe glove grape helmet holiday horse hotel kettle lemon "
    "library magnet parrot"
).split()


def _share_right(knowledge: Understanding, expected: list[tuple[Meaning, str]]) -> float:
    understood = knowledge.understood([text for _, text in expected])
    pairs = zip(expected, understood, strict=True)
    right = [set(m.classes) == set(u.classes if u else ()) for (m, _), u in pairs]
    return round(sum(right) / len(right), 4)
