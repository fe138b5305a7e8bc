"""Examples turned every way and put together for training, drawn ahead by a separate process."""

import os
import queue
import signal
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch
import torch.multiprocessing as multiprocessing

from .heights import targets
from .scenes import Example, SceneGenerator
from .subjects import read_subjects
from .turns import TURNS, UPRIGHT, turned

DIVISOR, LEAST = 8, 16
"""What sizes are multiples of, and the smallest size."""
TURNED = 0.25
"""Share of the examples that are turned and so do not stand upright."""
POOL, SHOWINGS = 64, 2
MOST_VOXELS, MOST_EXAMPLES = 250_000, 8
AHEAD = 4


@dataclass(frozen=True)
class Batch:
    """image    float32 [n, 1, x, y, z]
    height   float32 [n, BINS + 1, z/2], probabilities
    upright  float32 [n], 0 or 1
    has_body bool [n]
    kind     long [n]
    """

    image: torch.Tensor
    height: torch.Tensor
    upright: torch.Tensor
    has_body: torch.Tensor
    kind: torch.Tensor


def padded_length(length: int) -> int:
    return max(LEAST, -(-length // DIVISOR) * DIVISOR)


def together(examples: Iterable[tuple[Example, bool]], random: np.random.Generator) -> Batch:
    """Examples, each with whether it stands upright, in the middle of boxes of one size, or anywhere in them."""
    examples = list(examples)
    shape = [padded_length(max(e.image.shape[axis] for e, _ in examples)) for axis in range(3)]
    images, heights = [], []
    for example, _ in examples:
        room = [whole - own for whole, own in zip(shape, example.image.shape, strict=True)]
        # The server pads at the ends only.
        before = [0 if random.random() < 0.5 else int(random.integers(n + 1)) for n in room]
        pads = [(first, n - first) for first, n in zip(before, room, strict=True)]
        images.append(np.pad(example.image, pads))
        heights.append(targets(np.pad(example.height, pads), np.pad(example.is_body, pads)))
    return Batch(
        torch.from_numpy(np.stack(images)[:, None]),
        torch.from_numpy(np.stack(heights)),
        torch.tensor([float(upright) for _, upright in examples]),
        torch.tensor([bool(example.is_body.any()) for example, _ in examples]),
        torch.tensor([example.kind for example, _ in examples]),
    )


class Pool:
    """Draws examples, and takes batches of similar size from those that wait."""

    def __init__(self, generator: SceneGenerator, seed: tuple[int, ...], first: int):
        self.generator, self.seed, self.number = generator, seed, first
        self.waiting: list[list] = []
        self.taken = 0

    def next(self) -> Batch:
        while len(self.waiting) < POOL:
            example = self.generator.draw((*self.seed, self.number))
            self.waiting.append([example, SHOWINGS])
            self.number += 1
        random = np.random.default_rng((*self.seed, self.number, self.taken))
        self.taken += 1
        chosen = self._similar(int(random.integers(len(self.waiting))))
        batch = together((_shown(entry[0], random) for entry in chosen), random)
        for entry in chosen:
            entry[1] -= 1
        self.waiting = [entry for entry in self.waiting if entry[1] > 0]
        return batch

    def _similar(self, first: int) -> list[list]:
        sizes = np.array([[padded_length(n) for n in entry[0].image.shape] for entry in self.waiting])
        apart = abs(np.log(sizes / sizes[first])).sum(1)
        order = np.argsort(apart, kind="stable")
        chosen, shape = [], np.zeros(3, int)
        for n in order:
            grown = np.maximum(shape, sizes[n])
            if chosen and grown.prod() * (len(chosen) + 1) > MOST_VOXELS:
                break
            chosen, shape = [*chosen, int(n)], grown
            if len(chosen) == MOST_EXAMPLES:
                break
        return [self.waiting[n] for n in chosen]


def _shown(example: Example, random: np.random.Generator) -> tuple[Example, bool]:
    if random.random() < TURNED:
        turn = TURNS[random.integers(len(TURNS))]
        return _turned(example, *turn), turn in UPRIGHT
    return _turned(example, *UPRIGHT[random.integers(2)]), True


def _turned(example: Example, order: tuple[int, ...], flips: tuple[bool, ...]) -> Example:
    return Example(
        *(turned(own, order, flips) for own in (example.image, example.height, example.is_body)), example.kind
    )


def _draw_ahead(batches, subjects: Path, heads: Path, seed: tuple[int, ...], first: int) -> None:
    # The process that forked this one catches SIGTERM to finish its step; this process must exit at once.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
    parent = os.getppid()
    pool = Pool(SceneGenerator(read_subjects(subjects, heads)), seed, first)
    while os.getppid() == parent:
        batch = pool.next()
        arrays = tuple(getattr(batch, field.name).numpy() for field in fields(Batch))
        while os.getppid() == parent:
            try:
                batches.put(arrays, timeout=10)
                break
            except queue.Full:
                continue


class Drawn:
    """The batches of a run from its example number `first` on."""

    def __init__(self, subjects: Path, heads: Path, seed: tuple[int, ...], first: int):
        self.batches = multiprocessing.Queue(AHEAD)
        arguments = (self.batches, subjects, heads, seed, first)
        self.drawer = multiprocessing.Process(target=_draw_ahead, args=arguments, daemon=True)
        self.drawer.start()

    def next(self) -> Batch:
        return Batch(*(torch.from_numpy(part) for part in self.batches.get()))

    def close(self) -> None:
        self.drawer.terminate()
