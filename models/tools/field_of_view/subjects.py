"""Bodies and heads, each with its map from the standard body: the man of train/body_meshes, RAS, mm."""

from dataclasses import dataclass
from pathlib import Path

import nibabel
import numpy as np
import torch

from body.images import read_bodies
from training.label_maps import LabelSet, read_label_maps, read_label_set

BODY_SPACING, HEAD_SPACING = 4.0, 2.0
SPINE = tuple(range(60, 85))
"""Labels of C1 to L5 and of the sacrum: their centres carry a body onto the standard body."""
BRAIN = 110
LOWEST = 612.0
"""mm; below, the thighs go on as they are here: the bodies end at mid-thigh."""
HEAD_LABELS = 256
"""Added to the position of a head's label, which makes it differ from every label of a body."""


@dataclass(frozen=True)
class Head:
    """labels  uint8 [x, y, z] at 2 mm, RAS, positions in LabelSet.ids
    centre  float32 [3], of the brain, mm from the first voxel
    size    float32 [3], mm of the standard body per mm of this head
    """

    labels: np.ndarray
    centre: np.ndarray
    size: np.ndarray


@dataclass(frozen=True)
class Subjects:
    """bodies    uint8 [body, x, y, z] at 4 mm, RAS
    origin    float32 [3], of their first voxel, mm
    spine     float32 [body, vertebra, 3], centres of SPINE, mm
    standard  float32 [vertebra, 3], the same of the standard body
    brain     float32 [3], centre of the standard body's brain
    """

    bodies: np.ndarray
    origin: np.ndarray
    spine: np.ndarray
    standard: np.ndarray
    brain: np.ndarray
    heads: list[Head]
    head_labels: LabelSet

    def body_labels(self, number: int, places: np.ndarray) -> np.ndarray:
        """The body's labels at places of the standard body, uint8.

        @param places float32 [..., 3], mm
        """
        body = self.bodies[number]
        height = np.maximum(places[..., 2], LOWEST)
        order = np.argsort(self.standard[:, 2])
        shift = self.spine[number] - self.standard
        at = np.empty_like(places)
        for axis in range(3):
            own = height if axis == 2 else places[..., axis]
            moved = own + np.interp(height, self.standard[order, 2], shift[order, axis])
            at[..., axis] = (moved - self.origin[axis]) / BODY_SPACING
        return _look_up(body, at)

    def head_labels_at(self, head: Head, places: np.ndarray) -> np.ndarray:
        """The head's labels at places of the standard body, uint8."""
        return _look_up(head.labels, ((places - self.brain) / head.size + head.centre) / HEAD_SPACING)

    def lowest_of(self, head: Head) -> float:
        """z of the head's lowest slice in the standard body, mm."""
        return float((0 - head.centre[2]) * head.size[2] + self.brain[2])


def _look_up(labels: np.ndarray, at: np.ndarray) -> np.ndarray:
    index = np.rint(at).astype(np.int32)
    inside = np.ones(at.shape[:-1], bool)
    flat = np.zeros(at.shape[:-1], np.int64)
    for axis, size in enumerate(labels.shape):
        own = index[..., axis]
        inside &= (own >= 0) & (own < size)
        flat = flat * size + np.clip(own, 0, size - 1)
    return np.where(inside, labels.reshape(-1)[flat], 0)


def prepare(bodies: Path, meshes: Path, folder: Path) -> None:
    """Writes what `read_subjects` reads: bodies at 4 mm with the centres of their vertebrae, and the standard body.

    @param bodies output of `python -m body bodies`
    @param meshes train/body_meshes
    """
    folder.mkdir(parents=True, exist_ok=True)
    man = nibabel.load(meshes / "body_map_2mm.nii.gz")
    labels, origin = np.asarray(man.dataobj), man.affine[:3, 3].astype(np.float32)
    step = round(BODY_SPACING / 2)
    found = read_bodies(bodies)
    small = np.stack([np.asarray(body.labels[::step, ::step, ::step]) for body in found])
    np.save(folder / "bodies.npy", small)
    np.savez(
        folder / "places.npz",
        origin=found[0].origin,
        spine=np.stack([_centres(body, found[0].origin, BODY_SPACING) for body in small]),
        standard=_centres(labels, origin, 2.0),
        brain=_middle(labels == BRAIN, origin, 2.0),
        brain_size=_deviation(labels == BRAIN, 2.0),
    )


def _middle(mask: np.ndarray, origin: np.ndarray, spacing: float) -> np.ndarray:
    return (np.argwhere(mask).mean(0) * spacing + origin).astype(np.float32)


def _deviation(mask: np.ndarray, spacing: float) -> np.ndarray:
    return (np.argwhere(mask).std(0) * spacing).astype(np.float32)


def _centres(labels: np.ndarray, origin: np.ndarray, spacing: float) -> np.ndarray:
    return np.stack([_middle(labels == label, origin, spacing) for label in SPINE])


def read_subjects(folder: Path, heads: Path, only: slice = slice(None)) -> Subjects:
    """@param folder output of `prepare`
    @param heads train/brain_label_maps/data
    @param only these heads
    """
    places = np.load(folder / "places.npz")
    label_set = read_label_set(heads)
    found = []
    for label_map in read_label_maps(heads, label_set, torch.device("cpu"), only):
        labels = label_map.generation[::2, ::2, ::2].contiguous().numpy()
        brain = is_brain(label_set)[labels]
        size = places["brain_size"] / _deviation(brain, HEAD_SPACING)
        found.append(Head(labels, _middle(brain, np.zeros(3), HEAD_SPACING), size.astype(np.float32)))
    return Subjects(
        bodies=np.load(folder / "bodies.npy", mmap_mode="r"),
        origin=places["origin"],
        spine=places["spine"],
        standard=places["standard"],
        brain=places["brain"],
        heads=found,
        head_labels=label_set,
    )


def is_brain(labels: LabelSet) -> np.ndarray:
    """bool [labels]"""
    return np.array([i < 500 and i != 0 for i in labels.ids])
