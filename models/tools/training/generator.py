"""Synthetic images of heads with their labels, from label maps only (domain randomisation after Billot et al.,
SynthSeg, 2023)."""

from dataclasses import dataclass

import torch

from . import acquisition
from .base_classes import BACKGROUND, BRAIN_CLASSES, CLASS_INDEX, IGNORE, mirrored_class
from .chance import Chance
from .contrast import Contrast, contrast_of, random_contrast
from .geometry import averaged_at, labels_at, random_placement
from .intensity import SAMPLE, normalise
from .label_maps import LabelMap, LabelSet


@dataclass(frozen=True)
class Example:
    """image    float32 [x, y, z], normalised; axes RAS
    classes  uint8 [x, y, z], class indices; IGNORE outside the field of view and for labels that are not learnt
    """

    image: torch.Tensor
    classes: torch.Tensor


class Generator:
    """Draws examples on one device.

    @param shape voxels of an example along x, y, z
    @param spacing mm
    """

    def __init__(
        self, maps: list[LabelMap], labels: LabelSet, shape: tuple[int, int, int], spacing: float, device: torch.device
    ):
        self.maps = maps
        self.labels = labels
        self.shape = shape
        self.spacing = spacing
        self.device = device
        self.base_class = labels.base_class.to(device)
        self.mirrored_class = torch.from_numpy(mirrored_class()).to(device)
        self.is_brain = torch.zeros(256, dtype=torch.bool, device=device)
        self.is_brain[[CLASS_INDEX[name] for name in BRAIN_CLASSES]] = True

    def draw(self, seed: tuple[int, ...], progress: float, contrast: str | Contrast | None = None) -> Example:
        """@param seed determines everything
        @param progress of the curriculum, 0–1
        @param contrast one of contrast.CONTRASTS, or a contrast, instead of a random one; equal seeds with two given
        contrasts make two images of one head
        """
        chance = Chance(seed, self.device)
        label_map = self.maps[chance.whole(0, len(self.maps))]
        generation = label_map.generation
        placement = random_placement(
            chance, tuple(generation.shape), label_map.brain_centre, self.shape, self.spacing, progress
        )
        look = self._contrast(chance, progress, contrast)
        label = labels_at(generation, placement.points).to(torch.int32)
        classes = self.base_class[label]
        if placement.mirrored:
            classes = self.mirrored_class[classes.to(torch.int32)]
        block = max(1, round(self.spacing))
        image = averaged_at(generation, look.mean, placement.points, block)
        if chance.happens(0.5):
            share = chance.uniform(0, 0.7)
            image = (1 - share) * image + share * look.mean[label]
        if look.ceiling is not None:
            image = image.clamp(max=look.ceiling)
        image = image + look.spread[label] * chance.normal_field(*self.shape) * chance.uniform(0.3, 1)
        image, classes = self._acquire(chance, image.clamp(min=0) / 255, classes)
        return self.look(chance, image, classes, progress)

    def _contrast(self, chance: Chance, progress: float, wanted: str | Contrast | None) -> Contrast:
        if isinstance(wanted, Contrast):
            return wanted
        return (
            random_contrast(chance, self.labels, progress)
            if wanted is None
            else contrast_of(wanted, chance, self.labels, progress)
        )

    def _acquire(self, chance: Chance, image: torch.Tensor, classes: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        kept = None
        if chance.happens(0.5):
            image, kept = acquisition.skull_strip(chance, image, self.is_brain[classes.to(torch.int32)])
            classes = torch.where(kept, classes, BACKGROUND)
        return self.scan(chance, image, kept), classes

    def scan(self, chance: Chance, image: torch.Tensor, kept: torch.Tensor | None = None) -> torch.Tensor:
        """What a scanner makes of the brightness of tissues, 0–1. @param kept voxels of a brain without its skull"""
        if chance.happens(0.85):
            image = acquisition.bias_field(chance, image)
        if chance.happens(0.5):
            image = acquisition.blur(chance, image)
        if chance.happens(0.35):
            image = acquisition.coarser(chance, image, self.spacing)
        if chance.happens(0.75):
            image = acquisition.noise(chance, image)
        if kept is not None and chance.happens(0.85):
            image = image * kept
        return acquisition.gamma(chance, image)

    def look(self, chance: Chance, image: torch.Tensor, classes: torch.Tensor, progress: float) -> Example:
        """Crops the field of view and normalises it; a random factor represents everything that shifts percentiles in
        real images.
        """
        inside = self._field_of_view(chance, progress)
        values = image[inside]
        values = values[:: max(1, values.numel() // SAMPLE)]
        image = normalise(image, values) * chance.uniform(0.75, 1.25)
        return Example(torch.where(inside, image, 0.0), torch.where(inside, classes, IGNORE))

    def _field_of_view(self, chance: Chance, progress: float) -> torch.Tensor:
        inside = torch.ones(self.shape, dtype=torch.bool, device=self.device)
        if not chance.happens(0.7 * progress):
            return inside
        for axis in range(3):
            if chance.happens(0.6):
                n = self.shape[axis]
                first, last = int(n * chance.uniform(0, 0.3)), int(n * chance.uniform(0.7, 1))
                outside = torch.ones(n, dtype=torch.bool, device=self.device)
                outside[first:last] = False
                inside.index_fill_(axis, outside.nonzero()[:, 0], False)
        return inside

    def batch(self, seed: tuple[int, ...], size: int, progress: float) -> tuple[torch.Tensor, torch.Tensor]:
        """image [batch, 1, x, y, z], classes [batch, x, y, z]"""
        examples = [self.draw((*seed, place), progress) for place in range(size)]
        return torch.stack([e.image for e in examples])[:, None], torch.stack([e.classes for e in examples])
