"""The images of a worker's steps, drawn in advance by a separate process."""

import os
import queue
import random
import signal
from pathlib import Path

import torch
import torch.multiprocessing as multiprocessing

from .images import ImageGenerator, read_bodies
from .settings import Settings

AHEAD = 6
SHOWINGS = 2
"""How often an image is used, some steps apart, because drawing one costs half as much as a step."""
KEPT = 12
"""Number of images from which the next one is chosen."""


def _draw_ahead(examples, folder: Path, settings: Settings, first: int, worker: int) -> None:
    # The worker that forked this process catches SIGTERM to finish its step; this process must exit at once.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
    bodies, generator = read_bodies(folder), None
    number, parent = first, os.getppid()
    while os.getppid() == parent:
        spacing, shape = settings.stage_at(number * SHOWINGS)
        if generator is None or generator.spacing != spacing:
            generator = ImageGenerator(bodies, shape, spacing)
        example = generator.draw((settings.seed, number, worker))
        while os.getppid() == parent:
            try:
                examples.put((example.image.numpy(), example.classes.numpy()), timeout=10)
                break
            except queue.Full:
                continue
        number += 1


class Shown:
    """The images of a worker's steps: each is used SHOWINGS times, interleaved with others."""

    def __init__(self, bodies: Path, settings: Settings, step: int, worker: int):
        self.examples = multiprocessing.Queue(AHEAD)
        arguments = (self.examples, bodies, settings, step // SHOWINGS + step % SHOWINGS, worker)
        self.drawer = multiprocessing.Process(target=_draw_ahead, args=arguments, daemon=True)
        self.drawer.start()
        self.random = random.Random(step)
        self.kept: list[list] = []

    def next(self) -> tuple[torch.Tensor, torch.Tensor]:
        while len(self.kept) < KEPT and (not self.kept or not self.examples.empty()):
            image, classes = self.examples.get()
            self.kept.append([torch.from_numpy(image), torch.from_numpy(classes), SHOWINGS])
        chosen = self.random.randrange(len(self.kept))
        image, classes, left = self.kept[chosen]
        self.kept[chosen][2] = left - 1
        if left == 1:
            del self.kept[chosen]
        return image, classes

    def close(self) -> None:
        self.drawer.terminate()
