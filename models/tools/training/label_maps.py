"""Reads the head label maps (SynthSeg's, Apache-2.0) used for all training."""

from dataclasses import dataclass
from pathlib import Path

import nibabel
import numpy as np
import torch

from .base_classes import CLASS_INDEX, class_of_id

BORDER_MM = 4


@dataclass(frozen=True)
class LabelMap:
    """One head on a 1 mm grid whose axes run left to right, posterior to anterior, inferior to superior (RAS).

    generation  uint8 [x, y, z], position of the label's id in LabelSet.ids
    brain_centre  float32 [3], centre of the brain's bounding box, in voxels
    """

    name: str
    generation: torch.Tensor
    brain_centre: torch.Tensor


@dataclass(frozen=True)
class LabelSet:
    """Facts about the labels of the maps.

    ids                FreeSurfer or SynthSeg id of a generation label
    base_class         uint8 tensor [labels], its class index (base_classes.py)
    intensity_partner long tensor [labels], the label with which it shares its intensities: its counterpart on the left,
    the structure that contains it, or itself
    t1_class           long tensor [labels], row of the T1 prior
    t1_mean, t1_spread float32 [2, rows], mean and standard deviation over subjects of a tissue's mean and of its
    standard deviation (0–255)
    """

    ids: tuple[int, ...]
    base_class: torch.Tensor
    intensity_partner: torch.Tensor
    t1_class: torch.Tensor
    t1_mean: torch.Tensor
    t1_spread: torch.Tensor


def read_label_set(data: Path) -> LabelSet:
    """Reads `labels_classes_priors/` of train/brain_label_maps/data."""
    folder = data / "labels_classes_priors"
    ids = tuple(int(i) for i in np.load(folder / "generation_labels.npy"))
    shared = np.load(folder / "generation_classes.npy").astype(int)
    # generation_classes.npy gives partners within a side the same number; the right ids follow the left ones in the
    # same order.
    right = ids.index(41)
    left = ids.index(2)
    partner = [int(np.flatnonzero(shared == shared[n])[0]) for n in range(len(ids))]
    for n in range(right, len(ids)):
        partner[n] = partner[n - right + left]
    table = class_of_id()
    return LabelSet(
        ids=ids,
        base_class=torch.from_numpy(table[list(ids)].copy()),
        intensity_partner=torch.tensor(partner),
        t1_class=torch.from_numpy(np.load(folder / "generation_classes_contrast_specific.npy").astype(np.int64)),
        t1_mean=torch.from_numpy(np.load(folder / "prior_means_t1.npy").astype(np.float32)),
        t1_spread=torch.from_numpy(np.load(folder / "prior_stds_t1.npy").astype(np.float32)),
    )


def read_label_maps(data: Path, labels: LabelSet, device: torch.device, only: slice = slice(None)) -> list[LabelMap]:
    """Reads `training_label_maps/`, cropped to the head.

    @raises ValueError if a map's left hippocampus is not on the left: its affine or its labels would be wrong
    """
    position = np.zeros(1024, np.uint8)
    position[list(labels.ids)] = np.arange(len(labels.ids))
    brain = np.isin(labels.base_class.numpy(), range(1, CLASS_INDEX["brain stem"] + 1))
    maps = []
    for path in sorted((data / "training_label_maps").glob("*.nii.gz"))[only]:
        image = nibabel.as_closest_canonical(nibabel.load(path))
        voxels = position[np.asarray(image.dataobj).astype(np.int64)]
        voxels = _crop_to_head(voxels)
        centres = [np.argwhere(voxels == labels.ids.index(i))[:, 0].mean() for i in (17, 53)]
        if centres[0] >= centres[1]:
            raise ValueError(f"{path.name}: the left hippocampus is to the right of the right one")
        inside = np.argwhere(brain[voxels])
        centre = (inside.min(0) + inside.max(0)) / 2
        maps.append(
            LabelMap(
                path.name.removesuffix(".nii.gz"),
                torch.from_numpy(voxels).to(device),
                torch.tensor(centre, dtype=torch.float32),
            )
        )
    return maps


def _crop_to_head(voxels: np.ndarray) -> np.ndarray:
    inside = np.argwhere(voxels > 0)
    low = np.maximum(inside.min(0) - BORDER_MM, 0)
    high = inside.max(0) + 1 + BORDER_MM
    return np.ascontiguousarray(voxels[low[0] : high[0], low[1] : high[1], low[2] : high[2]])
