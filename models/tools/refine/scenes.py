"""Synthetic images with labelled things in them: heads, trunks, and things of random shape."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from body.bodies import Body
from body.images import ImageGenerator, read_bodies
from body.labels import IGNORE as BODY_IGNORE
from body.labels import LABELS_OF_CLASS
from training import acquisition
from training.base_classes import CLASS_COUNT, IGNORE
from training.chance import Chance
from training.generator import Generator
from training.geometry import smooth_field
from training.label_maps import LabelMap, LabelSet, read_label_maps, read_label_set

CPU = torch.device("cpu")
UNSPECIFIC = ("fat", "muscle", "other soft tissue", "arm")
"""Classes of the body model that are no thing that a person marks."""
FIRST_ORGAN_LABEL = 8


@dataclass(frozen=True)
class Scene:
    """image   float32 [x, y, z], any unit
    labels  uint8 [x, y, z]; 0 is nothing to mark
    groups  the labels of each thing that may be marked
    parts   the labels of parts of these things, which few people mark: a lobe, a chamber, the marrow of a vertebra
    """

    image: torch.Tensor
    labels: torch.Tensor
    groups: tuple[tuple[int, ...], ...]
    parts: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True)
class Sources:
    """Label maps of heads, and generated bodies (`python -m body bodies`)."""

    maps: list[LabelMap]
    label_set: LabelSet
    bodies: list[Body]


def read_sources(heads: Path, bodies: Path) -> Sources:
    """@param heads train/brain_label_maps/data"""
    label_set = read_label_set(heads)
    return Sources(read_label_maps(heads, label_set, CPU), label_set, read_bodies(bodies))


def draw_scene(sources: Sources, side: int, seed: tuple[int, ...]) -> Scene:
    """@param seed determines everything"""
    chance = Chance(seed, CPU)
    kind = chance.uniform(0, 1)
    if kind < 0.38:
        return _head(sources, side, chance, seed)
    if kind < 0.72:
        return _trunk(sources, side, chance, seed)
    if kind < 0.82:
        trunk = _trunk(sources, side, chance, seed)
        return Scene(painted(chance, trunk.labels), trunk.labels, trunk.groups, trunk.parts)
    labels = random_things(chance, side)
    return Scene(painted(chance, labels), labels, tuple((int(label),) for label in labels.unique() if label > 0))


def _head(sources: Sources, side: int, chance: Chance, seed: tuple[int, ...]) -> Scene:
    spacing = chance.uniform(0.8, 2.2)
    generator = Generator(sources.maps, sources.label_set, (side,) * 3, spacing, CPU)
    example = generator.draw((*seed, 1), 1.0)
    labels = torch.where(example.classes == IGNORE, 0, example.classes)
    return Scene(example.image, labels, tuple((n,) for n in range(1, CLASS_COUNT + 1)))


def _trunk(sources: Sources, side: int, chance: Chance, seed: tuple[int, ...]) -> Scene:
    example = ImageGenerator(sources.bodies, (side,) * 3, chance.uniform(1.4, 3.6)).draw((*seed, 1))
    labels = torch.where(example.classes == BODY_IGNORE, 0, example.labels)
    classes = tuple(labels for name, labels in LABELS_OF_CLASS.items() if name not in UNSPECIFIC)
    parts = tuple((label,) for group in classes if len(group) > 1 for label in group if label >= FIRST_ORGAN_LABEL)
    return Scene(example.image, labels, classes, parts)


def random_things(chance: Chance, side: int) -> torch.Tensor:
    """Labels of things of random shape: patches, ellipsoids and tubes, on nothing. uint8 [side, side, side]"""
    shape = (side,) * 3
    count = chance.whole(4, 12)
    nodes = (chance.whole(3, 9),) * 3
    patches = smooth_field(chance, count, nodes, shape)[0].argmax(0)
    kept = torch.tensor([n if chance.happens(0.5) else 0 for n in range(1, count + 1)], dtype=torch.uint8)
    labels = kept[patches]
    label = count
    axis = torch.arange(side, dtype=torch.float32)
    for _ in range(chance.whole(2, 9)):
        label += 1
        centre = [chance.uniform(0.1, 0.9) * side for _ in range(3)]
        turn = torch.linalg.qr(torch.tensor(chance.scalars.normal(size=(3, 3)), dtype=torch.float32))[0]
        radii = torch.tensor([np.exp(chance.uniform(np.log(2.5), np.log(22))) for _ in range(3)])
        x, y, z = torch.meshgrid(*(axis - c for c in centre), indexing="ij")
        along = (turn / radii[:, None]).to(torch.float32)
        distance = sum((row[0] * x + row[1] * y + row[2] * z).square() for row in along)
        labels[distance < 1 + 0.3 * smooth_field(chance, 1, (7,) * 3, shape)[0, 0]] = label
    for _ in range(chance.whole(0, 4)):
        label += 1
        fields = smooth_field(chance, 2, (chance.whole(3, 7),) * 3, shape)[0]
        labels[fields.abs().amax(0) < chance.uniform(0.08, 0.25)] = label
    return labels


def painted(chance: Chance, labels: torch.Tensor) -> torch.Tensor:
    """An image of labels whose brightness is random, as in no real modality. float32 [x, y, z]"""
    count = 256
    levels = torch.tensor(chance.scalars.uniform(0.05, 1, count), dtype=torch.float32)
    if chance.happens(0.4):
        # Few levels: some neighbours look the same.
        levels = (levels * chance.whole(3, 7)).round() / 6
    spread = torch.tensor(chance.scalars.uniform(0, 0.12, count), dtype=torch.float32) * chance.uniform(0, 1)
    index = labels.to(torch.int32)
    image = levels[index]
    shape = tuple(image.shape)
    texture = chance.normal_field(*shape)
    if chance.happens(0.6):
        texture = 0.5 * texture + smooth_field(chance, 1, tuple(n // chance.whole(3, 10) for n in shape), shape)[0, 0]
    image = (image + spread[index] * texture).clamp(min=0)
    image = acquisition.blur(chance, image)
    if chance.happens(0.7):
        image = acquisition.bias_field(chance, image)
    if chance.happens(0.3):
        image = acquisition.coarser(chance, image, 1.5)
    return acquisition.gamma(chance, acquisition.noise(chance, image))
