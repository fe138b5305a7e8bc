"""Synthetic images without a head, in which all is background: trunk, thighs, phantoms."""

from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from body.bodies import Body
from body.images import read_bodies
from body.meshes import SPACING as BODY_SPACING
from field_of_view.nobody import draw_nobody
from field_of_view.tissues import draw_look, tissue_of_label

from .base_classes import BACKGROUND, IGNORE
from .chance import Chance
from .generator import Example, Generator
from .geometry import averaged_at, displacement, image_grid, labels_at, random_affine

HELD_OUT = 20
"""Bodies, from the end of the folder, that are only measured on."""
PHANTOMS = 0.12
HIGHEST = 1370.0
"""mm in a body; above is its head, and a head's own neck must not become background. The face begins at about 1400."""
MIDDLES = (640.0, 1330.0)
KINDS = {"ct": 0.35, "t1": 0.25, "t2": 0.2, "other-mr": 0.2}


class NoHeadGenerator:
    """Draws images with the acquisition of heads.

    @param bodies of models/tools/body
    @param heads whose acquisition, size and spacing the images have
    """

    def __init__(self, bodies: list[Body], heads: Generator):
        self.bodies = bodies
        self.heads = heads
        self.tissues = tissue_of_label(heads.labels)

    def draw(self, seed: tuple[int, ...]) -> Example:
        """@param seed determines everything"""
        chance = Chance(seed, self.heads.device)
        shape, device = self.heads.shape, self.heads.device
        if chance.happens(PHANTOMS):
            image, below = _phantom(chance, shape), torch.ones(shape, dtype=torch.bool, device=device)
        else:
            image, below = self._part_of_a_body(chance)
        image = torch.where(below, self.heads.scan(chance, image), 0.0)
        classes = torch.where(below, BACKGROUND, IGNORE).to(torch.uint8)
        return self.heads.look(chance, image, classes, 1.0)

    def _part_of_a_body(self, chance: Chance) -> tuple[torch.Tensor, torch.Tensor]:
        """The image, and which voxels are below the head."""
        body = self.bodies[chance.whole(0, len(self.bodies))]
        size = np.array(body.labels.shape) * BODY_SPACING
        middle = body.origin + size * [chance.uniform(0.25, 0.75), chance.uniform(0.3, 0.75), 0]
        middle[2] = chance.uniform(*MIDDLES)
        points = image_grid(self.heads.shape, self.heads.spacing, chance.device) @ random_affine(chance, 1.0).T
        if chance.happens(0.5):
            points = points * torch.tensor([-1.0, 1, 1])
        points = points + torch.tensor(middle, dtype=torch.float32)
        points = points + displacement(chance, self.heads.shape, 60, chance.uniform(0, 4), self.heads.spacing)
        below = points[..., 2] < HIGHEST
        voxels = (points - torch.from_numpy(body.origin)) / BODY_SPACING
        labels = torch.from_numpy(np.asarray(body.labels))
        label = labels_at(labels, voxels).to(torch.int32)
        mean, texture, ceiling = self._brightness(chance)
        image = averaged_at(labels, mean, voxels, 1).clamp(max=ceiling)
        return (image + texture[label] * chance.normal_field(*self.heads.shape)).clamp(min=0), below

    def _brightness(self, chance: Chance) -> tuple[torch.Tensor, torch.Tensor, float]:
        """Mean and texture of each label of a body, 0–1, and what is clipped: of CT, beyond a window of the head."""
        kind = str(chance.scalars.choice(list(KINDS), p=list(KINDS.values())))
        look = draw_look(chance.scalars, kind, self.tissues)
        mean, texture = torch.from_numpy(look.mean[:256]), torch.from_numpy(look.texture[:256])
        if kind == "ct":
            low, high = chance.uniform(-60, -25), chance.uniform(80, 125)
            # Bone is far beyond the window: half of it in a voxel is still white.
            return (mean.clamp(-1000, 1000) - low) / (high - low), texture / (high - low), 1.0
        return mean, texture, 2.0


def _phantom(chance: Chance, shape: tuple[int, int, int]) -> torch.Tensor:
    small = torch.from_numpy(draw_nobody(chance.scalars)).float()
    small = (small - small.min()) / (small.max() - small.min()).clamp(min=1e-6)
    return functional.interpolate(small[None, None], size=shape, mode="trilinear")[0, 0]


class MixedGenerator:
    """Batches in which some examples show no head.

    @param share of them
    """

    def __init__(self, heads: Generator, others: NoHeadGenerator, share: float):
        self.heads, self.others, self.share = heads, others, share
        self.device = heads.device

    def batch(self, seed: tuple[int, ...], size: int, progress: float) -> tuple[torch.Tensor, torch.Tensor]:
        """As Generator.batch."""
        examples = []
        for place in range(size):
            own = (*seed, place)
            is_other = np.random.default_rng((*own, 1)).random() < self.share
            examples.append(self.others.draw(own) if is_other else self.heads.draw(own, progress))
        return torch.stack([e.image for e in examples])[:, None], torch.stack([e.classes for e in examples])


def training_bodies(folder: Path) -> list[Body]:
    """Those that nothing is measured on."""
    return read_bodies(folder, slice(0, -HELD_OUT))


def held_out_bodies(folder: Path) -> list[Body]:
    return read_bodies(folder, slice(-HELD_OUT, None))
