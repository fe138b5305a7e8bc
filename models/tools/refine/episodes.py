"""The windows of a worker's steps: a structure is marked round by round, each with the mask of the round before."""

from dataclasses import dataclass

import numpy as np
import torch

from training.chance import Chance

from .faults import faulty_mask
from .prompting import as_array, box_on_slice, random_prompt
from .scenes import CPU, Scene, Sources, draw_scene
from .settings import Settings
from .windows import Prompts, cut, first_of_window, near, paste, seen

LEAST_VOXELS = 40
MOST_ROUNDS = 5
PARTS_SHARE = 0.12
FAULTY_SHARE, NOTHING_SHARE = 0.65, 0.17
"""Of the episodes, those that begin with a faulty mask, and with a click on nothing; the others begin with a box."""
ASIDE_SHARE = 0.35
"""Of the windows, those not centred on the newest prompt, which may be outside of them: the rest of a structure
that is larger than a window is corrected in these."""


@dataclass
class Episode:
    """scene    that shows the structure
    truth    bool [x, y, z]
    mask     bool [x, y, z], so far
    prompts  so far
    left     rounds left
    """

    scene: Scene
    truth: torch.Tensor
    mask: torch.Tensor
    prompts: Prompts
    left: int


class Episodes:
    """Draws episodes from scenes, and keeps some of each going at a time.

    @param first number of the first scene: a continued run sees other scenes than before
    """

    def __init__(self, sources: Sources, settings: Settings, first: int, worker: int):
        self.sources = sources
        self.settings = settings
        self.number = first
        self.worker = worker
        self.random = np.random.default_rng((settings.seed, worker, first))
        self.scenes: list[tuple[Scene, int]] = []
        self.going: list[Episode] = []

    def next(self) -> tuple[Episode, np.ndarray, torch.Tensor, torch.Tensor]:
        """An episode with a new prompt, the lowest corner of a window, its input [CHANNELS, …], and the truth there."""
        while True:
            if len(self.going) < self.settings.scenes:
                self.going.append(self._begin())
            episode = self.going[self.random.integers(len(self.going))]
            if episode.left > 0 and self._prompt(episode):
                middle = self._middle(episode)
                first = first_of_window(middle)
                episode.left -= 1
                image, prompts = episode.scene.image, episode.prompts
                window = seen(image, episode.mask, prompts, middle, near(image, prompts.middle))
                return episode, first, window, cut(episode.truth, first)
            self.going = [other for other in self.going if other is not episode]

    @staticmethod
    def follow(episode: Episode, first: np.ndarray, marked: torch.Tensor) -> None:
        """@param marked bool, the network's mask in the window"""
        paste(episode.mask, first, marked)

    def _middle(self, episode: Episode) -> np.ndarray:
        """Of the window: the newest prompt, or now and then another place of a mask that is not empty."""
        if self.random.random() < ASIDE_SHARE and bool(episode.mask.any()):
            voxels = (episode.mask | episode.truth).nonzero()
            return voxels[int(self.random.integers(len(voxels)))].numpy()
        return episode.prompts.middle

    def _prompt(self, episode: Episode) -> bool:
        """Adds a prompt. @returns false if there is nothing to correct"""
        if episode.prompts.box is not None and not episode.prompts.given and not bool(episode.mask.any()):
            return True
        prompt = random_prompt(self.random, as_array(episode.mask), as_array(episode.truth))
        if prompt is None:
            return False
        episode.prompts = Prompts((*episode.prompts.given, prompt), episode.prompts.box)
        return True

    def _begin(self) -> Episode:
        while True:
            scene = self._scene()
            seed = (self.settings.seed, self.worker, self.number, int(self.random.integers(2**31)))
            chance = Chance(seed, CPU)
            truth = self._structure(scene, chance)
            if truth is None:
                continue
            prompts, mask = Prompts(), torch.zeros_like(truth)
            kind = chance.uniform(0, 1)
            if kind < FAULTY_SHARE:
                mask = faulty_mask(chance, scene, truth)
            elif kind > FAULTY_SHARE + NOTHING_SHARE:
                box = box_on_slice(as_array(truth), chance.whole(0, 3), chance.whole(0, 3))
                prompts = Prompts((), box)
            return Episode(scene, truth, mask.clone(), prompts, chance.whole(1, MOST_ROUNDS + 1))

    def _scene(self) -> Scene:
        if len(self.scenes) < self.settings.scenes:
            seed = (self.settings.seed, self.worker, self.number)
            self.scenes.append((draw_scene(self.sources, self.settings.side, seed), self.settings.episodes))
            self.number += 1
        chosen = int(self.random.integers(len(self.scenes)))
        scene, left = self.scenes.pop(chosen)
        if left > 1:
            self.scenes.append((scene, left - 1))
        return scene

    def _structure(self, scene: Scene, chance: Chance) -> torch.Tensor | None:
        """A thing of the scene, now and then two of them together: bool [x, y, z]."""
        counts = torch.bincount(scene.labels.reshape(-1).to(torch.int32), minlength=256)
        groups = scene.parts if scene.parts and chance.happens(PARTS_SHARE) else scene.groups
        there = [group for group in groups if int(counts[list(group)].sum()) >= LEAST_VOXELS]
        if not there:
            return None
        labels = there[chance.whole(0, len(there))]
        if chance.happens(0.1):
            labels = (*labels, *there[chance.whole(0, len(there))])
        table = torch.zeros(256, dtype=torch.bool)
        table[list(labels)] = True
        return table[scene.labels.to(torch.int32)]
