"""How much the result depends on contrast: the same synthetic heads in T1, T2, FLAIR, PD and CT."""

from pathlib import Path

import numpy as np
import torch

from .base_classes import IGNORE, MERGED_STRUCTURES, MIRROR, merged_structure_of_class
from .contrast import CSF_IDS, GREY_IDS, WHITE_IDS, Contrast
from .generator import Generator
from .inference import Network, probabilities_of
from .label_maps import LabelSet, read_label_maps, read_label_set
from .measures import dice

SHAPE = (96, 112, 96)
SEEDS = (11, 12, 13)
FEWEST_VOXELS = 30
"""A structure with fewer voxels in an image, at its border, is not counted there."""

# Fluid, grey and white matter, skull, and all other tissue around the brain; 255 is white. T1, T2, FLAIR and PD as in
# any textbook of MR (fluid dark, bright, dark, bright); CT in a window from -40 to 100 HU (fluid 8, white 28, grey 36
# HU).
TISSUES = {
    "T1": (40, 105, 160, 30, 120),
    "T2": (235, 130, 95, 25, 90),
    "FLAIR": (30, 150, 115, 30, 110),
    "PD": (200, 185, 150, 40, 140),
    "CT": (87, 138, 124, 1000, 140),
}
SPREAD = {"CT": 5.0}
USUAL_SPREAD = 8.0


def contrast_named(name: str, labels: LabelSet) -> Contrast:
    fluid, grey, white, skull, other = TISSUES[name]
    mean = torch.full((len(labels.ids),), float(other))
    for ids, value in (
        (CSF_IDS, fluid),
        (GREY_IDS, grey),
        (WHITE_IDS, white),
        ((515, 516), skull),
        ((506,), fluid),
        ((0,), 0),
    ):
        mean[[labels.ids.index(i) for i in ids if i in labels.ids]] = float(value)
    spread = torch.full((len(labels.ids),), SPREAD.get(name, USUAL_SPREAD))
    spread[labels.ids.index(0)] = 0
    return Contrast(mean[labels.intensity_partner], spread[labels.intensity_partner], 255.0 if name == "CT" else None)


def dice_by_contrast(network: Network, spacing: float, data: Path, held_out: int) -> dict[str, float]:
    """Mean Dice over the merged structures, for each contrast: the same heads, deformations, noise and fields of view.

    @param data train/brain_label_maps/data
    @param held_out label maps, from the end of the list, not used for training
    """
    labels = read_label_set(data)
    maps = read_label_maps(data, labels, torch.device("cpu"), slice(-held_out, None))
    generators = [Generator([head], labels, SHAPE, spacing, torch.device("cpu")) for head in maps]

    def mean_dice(name: str) -> float:
        return float(
            np.mean([_dice_of_head(network, generator, seed, name) for generator in generators for seed in SEEDS])
        )

    return {name: round(mean_dice(name), 4) for name in TISSUES}


def _dice_of_head(network: Network, generator: Generator, seed: int, name: str) -> float:
    example = generator.draw((424_242, seed), 0.3, contrast_named(name, generator.labels))
    merged = merged_structure_of_class()
    seen = (example.classes != IGNORE).numpy()
    predicted = merged[probabilities_of(example.image, network, MIRROR).argmax(0).numpy()][seen]
    truth = merged[example.classes.numpy()][seen]
    numbers = [n for n in range(1, len(MERGED_STRUCTURES) + 1) if (truth == n).sum() > FEWEST_VOXELS]
    return float(np.mean([dice(predicted == n, truth == n) for n in numbers]))
