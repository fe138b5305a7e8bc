"""Stage 1 on the whole table: names, relations, and shapes with their places, by contrast.

A text must be nearest to the prototype of its concept, and to other texts of the same concept in the batch. Three
further tasks read the same features: which wholes the concept belongs to, where it is and how large, and which shape
of the batch is its own.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from training.anatomy import meanings
from training.phrases import nonsense
from training.text_encoder import utf8_tokens

from .encoder import HEADS, WIDTH, NgramEncoder
from .table import Entry
from .texts import Texts

DIMENSION = 128
TEMPERATURE = 0.07
PAIR_TEMPERATURE = 0.1
FEWEST_PARTS = 8
NONSENSE = 0.05
PLACE_VALUES = 8


@dataclass(frozen=True)
class Course:
    """steps, batch, rate  of AdamW; a batch has two texts of each concept drawn
    own                    share of a batch that are the head model's meanings
    relations, places      weights of the further tasks, 0 to leave one out
    """

    steps: int = 1500
    batch: int = 192
    rate: float = 3e-3
    own: float = 0.3
    relations: float = 0.3
    places: float = 0.3
    seed: int = 5


class Tasks(nn.Module):
    """Everything that is trained. Row n of the prototypes is that of entry n; the last is that of nonsense.

    wholes   float32 [entries, wholes]: 1 where the concept belongs to the whole
    places   float32 [entries, 8]: standardised `meshes.place_of`; NaN without a surface
    """

    def __init__(self, entries: list[Entry]):
        super().__init__()
        self.encoder = NgramEncoder(DIMENSION)
        self.free = nn.Parameter(torch.randn(len(entries) + 1, DIMENSION))
        self.register_buffer("wholes", _wholes(entries))
        places, self.place_mean, self.place_scale = _places(entries)
        self.register_buffer("places", places)
        self.relation = nn.Linear(WIDTH * HEADS, self.wholes.shape[1])
        self.place = nn.Sequential(nn.Linear(DIMENSION, 128), nn.GELU(), nn.Linear(128, PLACE_VALUES))
        self.shape_code = nn.Sequential(nn.Linear(PLACE_VALUES, 128), nn.GELU(), nn.Linear(128, DIMENSION))

    def prototypes(self) -> torch.Tensor:
        """Unit vectors float32 [entries + 1, 128]."""
        return functional.normalize(self.free, dim=1)

    def loss(self, texts: list[str], entry: torch.Tensor, course: Course) -> torch.Tensor:
        """@param texts first one of each concept drawn, then another of each, in the same order
        @param entry int64 [half of the texts]: its row
        """
        pooled = self.encoder.pooled(utf8_tokens(texts))
        code = functional.normalize(self.encoder.output(pooled), dim=1)
        row = torch.cat([entry, entry])
        real = row < len(self.wholes)
        total = functional.cross_entropy(code @ self.prototypes().T / TEMPERATURE, row, label_smoothing=0.05)
        first, second = code.chunk(2)
        same = entry[:, None] == entry[None]
        known = entry < len(self.wholes)
        total = total + _contrast(first[known], second[known], same[known][:, known], PAIR_TEMPERATURE)
        if course.relations:
            related = functional.binary_cross_entropy_with_logits(self.relation(pooled[real]), self.wholes[row[real]])
            total = total + 10 * course.relations * related
        if course.places:
            total = total + course.places * self._place_loss(code[real], self.places[row[real]])
        return total

    def _place_loss(self, code: torch.Tensor, place: torch.Tensor) -> torch.Tensor:
        seen = ~place[:, 0].isnan()
        code, place = code[seen], place[seen]
        shape = functional.normalize(self.shape_code(place), dim=1)
        contrast = _contrast(code, shape, torch.cdist(place, place) < 1e-4, TEMPERATURE)
        return functional.smooth_l1_loss(self.place(code), place) + 0.2 * contrast

    def places_of(self, texts: list[str]) -> torch.Tensor:
        """float32 [texts, 8] in the units of `meshes.place_of`."""
        return self.place(self.encoder(utf8_tokens(texts))) * self.place_scale + self.place_mean


def _contrast(codes: torch.Tensor, others: torch.Tensor, same: torch.Tensor, temperature: float) -> torch.Tensor:
    """@param same bool [codes, others]: they belong together"""
    similarity = codes @ others.T / temperature
    own = torch.logsumexp(similarity.masked_fill(~same, -1e4), 1)
    return (torch.logsumexp(similarity, 1) - own).mean()


def _wholes(entries: list[Entry]) -> torch.Tensor:
    often = Counter(whole for entry in entries for whole in entry.wholes)
    names = sorted(name for name, count in often.items() if count >= FEWEST_PARTS)
    return torch.tensor([[float(name in entry.wholes) for name in names] for entry in entries])


def _places(entries: list[Entry]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Standardised places, mean and scale."""
    rows = np.array([np.full(PLACE_VALUES, np.nan) if entry.place is None else entry.place for entry in entries])
    seen = rows[~np.isnan(rows[:, 0])]
    mean, scale = (seen.mean(0), seen.std(0) + 1e-6) if len(seen) else (np.zeros(PLACE_VALUES), np.ones(PLACE_VALUES))
    return tuple(torch.tensor(value, dtype=torch.float32) for value in ((rows - mean) / scale, mean, scale))


def learn(entries: list[Entry], course: Course) -> Tasks:
    """Trains on the entries of `table.table`. @returns the tasks, in evaluation mode"""
    torch.manual_seed(course.seed)
    random = np.random.default_rng(course.seed)
    tasks, texts = Tasks(entries), Texts(entries)
    optimiser = torch.optim.AdamW(tasks.parameters(), lr=course.rate, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, course.rate, total_steps=course.steps, pct_start=0.05)
    for _ in range(course.steps):
        rows = [_row(random, len(entries), course) for _ in range(course.batch)]
        drawn = [nonsense(random) if n == len(entries) else texts.draw(random, n) for n in (*rows, *rows)]
        loss = tasks.loss(drawn, torch.tensor(rows), course)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(tasks.parameters(), 1.0)
        optimiser.step()
        schedule.step()
    return tasks.eval().requires_grad_(False)


def _row(random: np.random.Generator, count: int, course: Course) -> int:
    own = len(meanings())
    if random.random() < NONSENSE:
        return count
    if count == own or random.random() < course.own:
        return int(random.integers(own))
    return int(random.integers(own, count))
