"""CT images and their classes from generated bodies."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from .bodies import Body
from .contents import hollow_organs
from .fields import rotation, smooth_field
from .hounsfield import draw_brightness
from .labels import AIR, CYST, IGNORE, LUNGS, MASS, class_of_label
from .meshes import SPACING
from .settings import Settings

AIR_HU = -1024.0
SUBVOXELS = ((1, 1, -1), (-1, 1, 1), (1, -1, 1), (-1, -1, -1))
MEASURED_IMAGES = 24
MIDDLES = ((640, 1420), (760, 1180))
"""Ranges of height (mm) for the middle of an image: the whole trunk, and the abdomen."""


@dataclass(frozen=True)
class Example:
    """image    float32 [x, y, z], HU; axes RAS
    classes  uint8 [x, y, z]; IGNORE outside the field of view
    labels   uint8 [x, y, z]
    """

    image: torch.Tensor
    classes: torch.Tensor
    labels: torch.Tensor


def write_body(body: Body, path: Path) -> None:
    """Two .npy files, labels and origin: memory-mapped, not read whole."""
    unfinished = path.with_suffix(".tmp.npy")
    np.save(unfinished, body.labels)
    np.save(path.with_suffix(".origin.npy"), body.origin)
    unfinished.replace(path)


def read_bodies(folder: Path, part: slice = slice(None)) -> list[Body]:
    """The bodies of a folder in the order of their numbers; voxels are read from disk on use."""
    paths = sorted(path for path in folder.glob("body-*.npy") if ".origin" not in path.name and ".tmp" not in path.name)
    return [Body(np.load(path, mmap_mode="r"), np.load(path.with_suffix(".origin.npy"))) for path in paths[part]]


class ImageGenerator:
    """Draws examples from bodies.

    @param shape voxels along x, y, z
    @param spacing mm
    """

    def __init__(self, bodies: list[Body], shape: tuple[int, int, int], spacing: float):
        self.bodies = bodies
        self.shape = shape
        self.spacing = spacing
        axes = [(torch.arange(n, dtype=torch.float32) - (n - 1) / 2) * spacing for n in shape]
        self.grid = torch.stack(torch.meshgrid(*axes, indexing="ij"), -1)
        self.classes = torch.from_numpy(class_of_label())

    def draw(self, seed: tuple[int, ...]) -> Example:
        random = np.random.default_rng(seed)
        body = self.bodies[random.integers(len(self.bodies))]
        places, frame = self._places(random)
        labels = _look_up(body, places)
        brightness = draw_brightness(random)
        contents = hollow_organs(random, labels, lambda mm: self._field(random, mm)[0])
        mean, deviation = torch.from_numpy(brightness.mean), torch.from_numpy(brightness.deviation)
        order = random.permutation(len(SUBVOXELS))[: int(random.integers(2, 4))]
        image = torch.zeros(self.shape)
        for n in order:
            near = _look_up(
                body, places + torch.tensor(SUBVOXELS[n], dtype=torch.float32) * (0.3 * self.spacing) @ frame.T
            )
            value = mean[near.long()]
            for label, content in contents.items():
                value = torch.where(near == label, content, value)
            image += value / len(order)
        noise = torch.from_numpy(random.standard_normal((2, *self.shape), dtype=np.float32))
        texture = noise[0] * 0.6 + self._field(random, 12)[0] * 0.7 + self._field(random, 50)[0] * 0.5
        image += deviation[labels.long()] * texture
        lung = (labels >= LUNGS[0]) & (labels <= LUNGS[-1])
        image = torch.where(lung, image + random.uniform(0, 140) * (100 - places[..., 1]).clamp(-100, 100) / 100, image)
        image = self._things_around(random, image, labels)
        image = _acquire(random, image, noise[1])
        hidden = self._hidden(random)
        image = torch.where(hidden, AIR_HU, image)
        classes = torch.where(hidden, IGNORE, self.classes[labels.long()])
        if random.random() < 0.7:
            # Taught in every image, "other soft tissue" swallowed kidneys and stomachs that looked unusual: half of the
            # right kidney of the example CT.
            classes = torch.where((labels == MASS) | (labels == CYST), IGNORE, classes)
        return Example(image, classes, labels)

    def _field(self, random: np.random.Generator, mm: float, channels: int = 1) -> torch.Tensor:
        return torch.from_numpy(smooth_field(random, self.shape, mm / self.spacing, channels))

    def _places(self, random: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        """The position of each voxel in the body's own space, [x, y, z, 3] mm, and the linear part of the map there."""
        middle = MIDDLES[0 if random.random() < 0.45 else 1]
        centre = np.array([random.normal(0, 22), 95 + random.normal(0, 18), random.uniform(*middle)], np.float32)
        # An image wider than one window is covered by windows that see only a flank, so some examples show one side.
        if random.random() < 0.3:
            centre[0] += random.uniform(-70, 70)
        size = random.uniform(0.86, 1.12) * np.array(
            [random.uniform(0.93, 1.07), random.uniform(0.93, 1.07), random.uniform(0.92, 1.08)]
        )
        frame = rotation(random.normal(0, np.radians(4), 3)) @ np.diag(size).astype(np.float32)
        frame = torch.from_numpy(frame.astype(np.float32))
        places = self.grid @ frame.T + torch.from_numpy(centre)
        for nodes, most in ((60, 4.5), (28, 1.6)):
            places = places + self._field(random, nodes, 3).permute(1, 2, 3, 0) * random.uniform(0, most)
        return places, frame

    def _things_around(self, random: np.random.Generator, image: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The table, and blankets, leads or clothes on the skin."""
        outside = labels == AIR
        if random.random() < 0.6:
            below, curve = -random.uniform(60, 128), random.uniform(0, 0.0012)
            board = (self.grid[..., 1] - (below + curve * self.grid[..., 0] ** 2)).abs() < random.uniform(3, 9)
            image = torch.where(board & outside, float(random.uniform(-700, 150)), image)
        if random.random() < 0.3:
            near = functional.max_pool3d((~outside)[None, None].float(), 5, 1, 2)[0, 0] > 0
            cloth = near & outside & (self._field(random, 30)[0] > random.uniform(0, 1.5))
            image = torch.where(cloth, float(random.uniform(-900, 300)), image)
        return image

    def _hidden(self, random: np.random.Generator) -> torch.Tensor:
        """bool: voxels outside the field of view, which is round or cropped."""
        hidden = torch.zeros(self.shape, dtype=torch.bool)
        if random.random() < 0.25:
            x, y, radius = random.normal(0, 15), random.normal(0, 15), random.uniform(150, 230)
            hidden |= ((self.grid[..., 0] - x) ** 2 + (self.grid[..., 1] - y) ** 2) > radius**2
        n = self.shape[2]
        if random.random() < 0.2:
            # A slab of 24 to 90 mm: a scan of one organ.
            thick = min(n, max(3, round(random.uniform(24, 90) / self.spacing)))
            low = int(random.integers(n - thick + 1))
            hidden[:, :, :low] = True
            hidden[:, :, low + thick :] = True
        elif random.random() < 0.45:
            low = int(n * random.uniform(0, 0.45)) if random.random() < 0.5 else 0
            high = n - (int(n * random.uniform(0, 0.45)) if random.random() < 0.5 else 0)
            hidden[:, :, :low] = True
            hidden[:, :, max(high, low + 8) :] = True
        return hidden


def first_images(folder: Path, settings: Settings) -> Iterator[torch.Tensor]:
    """Images like those of a run's first step, as many as measuring the norms needs: float32 [x, y, z]."""
    spacing, shape = settings.stage_at(settings.first)
    generator = ImageGenerator(read_bodies(folder), shape, spacing)
    return (generator.draw((settings.seed, number)).image for number in range(MEASURED_IMAGES))


def _look_up(body: Body, places: torch.Tensor) -> torch.Tensor:
    size = body.labels.shape
    flat = (
        torch.from_numpy(np.asarray(body.labels)).reshape(-1)
        if body.labels.flags.writeable
        else _mapped(body).reshape(-1)
    )
    at = ((places - torch.from_numpy(body.origin)) / SPACING).round()
    inside = torch.ones(places.shape[:-1], dtype=torch.bool)
    index = torch.zeros(places.shape[:-1], dtype=torch.int64)
    for axis in range(3):
        own = at[..., axis]
        inside &= (own >= 0) & (own < size[axis])
        index = index * size[axis] + own.clamp(0, size[axis] - 1).long()
    return torch.where(inside, flat[index], AIR)


def _mapped(body: Body) -> torch.Tensor:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the map is only read
        return torch.from_numpy(body.labels)


def _acquire(random: np.random.Generator, image: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
    """Kernel, slice thickness, noise, and calibration errors."""
    if random.random() < 0.5:
        outer = random.uniform(0.15, 0.5) / 2
        kernel = torch.tensor([outer, 1 - 2 * outer, outer])
        for axis in range(3):
            padding = [0] * 6
            padding[2 * (2 - axis)] = padding[2 * (2 - axis) + 1] = 1
            shape = [1] * 5
            shape[2 + axis] = 3
            image = functional.conv3d(
                functional.pad(image[None, None], padding, mode="replicate"), kernel.reshape(shape)
            )[0, 0]
    if random.random() < 0.25:
        thick = int(random.integers(2, 4))
        n = image.shape[2] // thick * thick
        slices = functional.avg_pool3d(image[None, None, :, :, :n], (1, 1, thick))
        image = torch.cat(
            [functional.interpolate(slices, size=(*image.shape[:2], n), mode="trilinear")[0, 0], image[:, :, n:]], 2
        )
    image = image + noise * (random.uniform(2, 32) if random.random() < 0.8 else random.uniform(32, 70))
    return image * (1 + random.normal(0, 0.015)) + random.normal(0, 6)
