"""Examples turned every way and put together for training, drawn ahead by a separate process."""

import os
import queue
import signal
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.multiprocessing as multiprocessing

from .scenes import Example, SceneGenerator
from .subjects import read_subjects

STRIDE, DIVISOR, LEAST = 4, 8, 16
"""Voxels per place, what sizes are multiples of, and the smallest size."""
BODY_SHARE = 0.25
"""Of a place's voxels, from which on it counts as body."""
PLACE_UNIT = 100.0
"""mm in the unit of the network's places."""
POOL, SHOWINGS = 64, 2
MOST_VOXELS, MOST_EXAMPLES = 160_000, 6
AHEAD = 4


@dataclass(frozen=True)
class Batch:
    """image  float32 [n, 1, x, y, z]
    place  float32 [n, 3, x/4, y/4, z/4], mm / 100
    body   bool [n, 1, x/4, y/4, z/4]
    kind   long [n]
    """

    image: torch.Tensor
    place: torch.Tensor
    body: torch.Tensor
    kind: torch.Tensor


def padded_length(length: int) -> int:
    return max(LEAST, -(-length // DIVISOR) * DIVISOR)


def turned(example: Example, order: tuple[int, ...], flips: tuple[bool, ...]) -> Example:
    """The example with its axes permuted, then some of them reversed."""
    axes = [axis for axis in range(3) if flips[axis]]

    def turn(values: np.ndarray) -> np.ndarray:
        return np.flip(values.transpose(order), axes)

    place = np.stack([turn(own) for own in example.place])
    return Example(turn(example.image), place, turn(example.is_body), example.kind)


def together(examples: Iterable[Example], random: np.random.Generator) -> Batch:
    """The examples in the middle of boxes of one size, or anywhere in them."""
    examples = list(examples)
    shape = [padded_length(max(e.image.shape[axis] for e in examples)) for axis in range(3)]
    images, places, bodies = [], [], []
    for example in examples:
        room = [whole - own for whole, own in zip(shape, example.image.shape, strict=True)]
        before = [int(random.integers(n + 1)) for n in room]
        pads = [(first, n - first) for first, n in zip(before, room, strict=True)]
        images.append(np.pad(example.image, pads))
        places.append(_cells(_beyond(example.place, [(0, 0), *pads])))
        bodies.append(_cells(np.pad(example.is_body, pads)[None].astype(np.float32)) >= BODY_SHARE)
    return Batch(
        torch.from_numpy(np.stack(images)[:, None]),
        torch.from_numpy(np.stack(places)) / PLACE_UNIT,
        torch.from_numpy(np.stack(bodies)),
        torch.tensor([example.kind for example in examples]),
    )


def _beyond(places: np.ndarray, pads: list[tuple[int, int]]) -> np.ndarray:
    """Places go on evenly in the padding: only cells that reach into the image count."""
    return np.pad(places, pads, mode="edge") if min(places.shape[1:]) < 2 else np.pad(
        places, pads, mode="reflect", reflect_type="odd"
    )  # fmt: skip


def _cells(values: np.ndarray) -> np.ndarray:
    """Means over blocks of STRIDE voxels: [c, x, y, z] → [c, x/4, y/4, z/4]."""
    c, x, y, z = values.shape
    blocks = values.reshape(c, x // STRIDE, STRIDE, y // STRIDE, STRIDE, z // STRIDE, STRIDE)
    return blocks.mean((2, 4, 6), dtype=np.float32)


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
        order = tuple(int(axis) for axis in random.permutation(3))
        chosen = self._similar(int(random.integers(len(self.waiting))))
        batch = together(
            [turned(entry[0], order, tuple(random.random(3) < 0.5)) for entry in chosen],
            random,
        )
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


def _draw_ahead(batches, subjects: Path, heads: Path, seed: tuple[int, ...], first: int) -> None:
    # The process that forked this one catches SIGTERM to finish its step; this process must exit at once.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
    parent = os.getppid()
    pool = Pool(SceneGenerator(read_subjects(subjects, heads)), seed, first)
    while os.getppid() == parent:
        batch = pool.next()
        arrays = (batch.image.numpy(), batch.place.numpy(), batch.body.numpy(), batch.kind.numpy())
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
