"""Training images: what a scanner could show of a body, at 8 mm, with the height of each voxel in the standard body."""

from dataclasses import dataclass

import numpy as np
import torch
from scipy import ndimage

from body.contents import hollow_organs
from body.fields import rotation, smooth_field
from body.labels import AIR

from .nobody import draw_nobody
from .normalise import normalise
from .subjects import HEAD_LABELS, Head, Subjects, is_brain
from .tissues import KINDS, Look, draw_look, tissue_of_label

SPACING = 8.0
SUBVOXELS = np.array(((1, 1, -1), (-1, 1, 1), (1, -1, 1), (-1, -1, -1)), np.float32) * 2
"""mm from the middle of a voxel: what is seen at these points is averaged."""
KIND_CHANCES = {"ct": 0.36, "t1": 0.2, "t2": 0.12, "flair": 0.07, "other-mr": 0.1, "pet": 0.06, "other": 0.09}
HEAD_FROM = 1420.0
MOST_VOXELS = 220_000
"""Of an image: a long one is narrower or shorter."""


@dataclass(frozen=True)
class Example:
    """image     float32 [x, y, z], normalised; axes RAS, turned by less than a right angle
    height    float32 [x, y, z], mm in the standard body
    is_body   bool [x, y, z]
    kind      position in KINDS
    """

    image: np.ndarray
    height: np.ndarray
    is_body: np.ndarray
    kind: int


@dataclass(frozen=True)
class View:
    """What a scanner is set to: middle (standard body, mm) and size (mm) of the box, and whether it is of a head."""

    middle: np.ndarray
    size: np.ndarray
    of_head: bool


def draw_view(random: np.random.Generator, kind: str) -> View:
    """A box: a head, one vertebra, one side, a joint, the trunk, the whole body."""
    u, n = random.uniform, random.normal
    if kind == "flair" or random.random() < 0.25:
        size = np.array([u(150, 260), u(185, 270), u(120, 280)])
        if random.random() < 0.15:
            size[random.integers(3)] *= u(0.25, 0.8)
        return View(np.array([n(0, 8), 90 + n(0, 12), 1550 + n(0, 25)]), size, True)
    if kind != "flair" and random.random() < 0.2:
        # One thigh or hip, as in a scan of a limb; often a part of it is cut off.
        side = random.choice([-1, 1]) * u(60, 150)
        size = np.array([u(100, 240), u(100, 240), u(60, 380)])
        return View(np.array([side, 90 + n(0, 40), u(500, 860)]), size, False)
    long = float(np.exp(u(np.log(30), np.log(1150))))
    low, high = 500.0, 1665.0
    middle = u(low + long / 2, high - long / 2) if long < high - low else (low + high) / 2
    size = np.array([u(300, 540), u(220, 440), long])
    centre = np.array([n(0, 15), 90 + n(0, 20), middle])
    if middle - long / 2 > 1360:
        size[:2] *= 0.65
    if kind != "pet" and random.random() < 0.35:
        # A part of the cross-section: a joint, the spine, one side.
        size[:2] = np.exp(random.uniform(np.log(90), np.log(330), 2))
        centre[:2] += n(0, 55), n(0, 30)
    size[2] = min(size[2], MOST_VOXELS * SPACING**3 / (size[0] * size[1]))
    return View(centre, size, False)


class SceneGenerator:
    """Draws examples."""

    def __init__(self, subjects: Subjects):
        self.subjects = subjects
        self.tissues = tissue_of_label(subjects.head_labels)
        self.is_brain = np.zeros(len(self.tissues), bool)
        self.is_brain[HEAD_LABELS:] = is_brain(subjects.head_labels)
        self.no_body = np.zeros(len(self.tissues), bool)
        self.no_body[[AIR, HEAD_LABELS]] = True

    def draw(self, seed: tuple[int, ...], kind: str | None = None, view: View | None = None) -> Example:
        """@param kind one of KINDS instead of a random one
        @param view instead of a random one
        """
        random = np.random.default_rng(seed)
        kind = kind or str(random.choice(list(KIND_CHANCES), p=list(KIND_CHANCES.values())))
        if kind == "other":
            image = normalise(draw_nobody(random))
            return Example(image, np.zeros_like(image), np.zeros(image.shape, bool), KINDS.index(kind))
        view = view or draw_view(random, kind)
        places, frame = self._places(random, view)
        labels = self._label_maker(random, view)
        look = draw_look(random, kind, self.tissues)
        middle_labels = labels(places)
        image = self._brightness(random, look, labels, middle_labels, places, frame)
        is_body = ~self.no_body[middle_labels]
        if view.of_head and kind != "ct" and random.random() < 0.3:
            brain = self.is_brain[middle_labels]
            if random.random() < 0.5:
                brain = ndimage.binary_dilation(brain)
            image, is_body = np.where(brain, image, image.min() if random.random() < 0.3 else 0), brain
        image = _acquire(random, image, kind)
        image, is_body = _cut(random, image, is_body, kind)
        return Example(normalise(image), places[..., 2], is_body, KINDS.index(kind))

    def _places(self, random: np.random.Generator, view: View) -> tuple[np.ndarray, np.ndarray]:
        """The place of each voxel in the standard body, float32 [x, y, z, 3] mm, and the linear part of the map."""
        shape = [max(2, round(length / SPACING)) for length in view.size]
        axes = [(np.arange(n, dtype=np.float32) - (n - 1) / 2) * SPACING for n in shape]
        grid = np.stack(np.meshgrid(*axes, indexing="ij"), -1)
        size = random.uniform(0.9, 1.1) if view.of_head else random.uniform(0.82, 1.2)
        scale = size * random.uniform(0.93, 1.07, 3)
        if not view.of_head:
            # Fat, water in the abdomen, and thin people: across, bodies differ more than in length.
            scale[:2] *= np.exp(random.normal(0, 0.1, 2))
        tilt = random.normal(0, np.radians(random.choice([3, 6, 12])), 3).clip(*np.radians((-25, 25)))
        frame = (np.diag(1 / scale) @ rotation(tilt)).astype(np.float32)
        places = grid @ frame.T + view.middle.astype(np.float32)
        for nodes, most in ((110, 8.0), (50, 3.0)):
            field = smooth_field(random, tuple(shape), nodes / SPACING, 3)
            places += np.moveaxis(field, 0, -1) * np.float32(random.uniform(0, most))
        return _nod(random, places), frame

    def _label_maker(self, random: np.random.Generator, view: View):
        subjects = self.subjects
        body = int(random.integers(len(subjects.bodies)))
        head: Head = subjects.heads[random.integers(len(subjects.heads))]
        join = max(random.uniform(HEAD_FROM, HEAD_FROM + 40), subjects.lowest_of(head) + 2)
        with_head = view.middle[2] + view.size[2] * 0.7 + view.size[1] * 0.2 > join

        def labels(places: np.ndarray) -> np.ndarray:
            if not with_head:
                return subjects.body_labels(body, places).astype(np.int16)
            above = places[..., 2] > join
            own = subjects.head_labels_at(head, places).astype(np.int16) + HEAD_LABELS
            if above.all():
                return own
            return np.where(above, own, subjects.body_labels(body, places))

        return labels

    def _brightness(self, random, look: Look, labels, middle: np.ndarray, places, frame) -> np.ndarray:
        shape = middle.shape
        contents = {}
        if look.kind == "ct" and ((middle == 56) | ((middle >= 102) & (middle <= 106))).any():
            tensor = torch.from_numpy(middle)

            def field(mm: float) -> torch.Tensor:
                return torch.from_numpy(smooth_field(random, shape, mm / SPACING, 1))[0]

            contents = {label: value.numpy() for label, value in hollow_organs(random, tensor, field).items()}
        image = np.zeros(shape, np.float32)
        chosen = random.permutation(len(SUBVOXELS))[: int(random.integers(2, 5))]
        for n in chosen:
            near = labels(places + SUBVOXELS[n] @ frame.T)
            value = look.mean[near]
            for label, content in contents.items():
                value = np.where(near == label, content, value)
            image += value / len(chosen)
        texture = random.standard_normal(shape, dtype=np.float32) * 0.4 + smooth_field(random, shape, 4, 1)[0] * 0.7
        return image + look.texture[middle] * texture


def _nod(random: np.random.Generator, places: np.ndarray) -> np.ndarray:
    """The head nods and turns on the neck. Changes the array."""
    if places[..., 2].max() < 1380:
        return places
    pivot = np.array([0, 70, 1440], np.float32)
    share = np.clip((places[..., 2] - 1380) / 80, 0, 1)[..., None]
    turn = rotation(random.normal(0, np.radians((9, 4, 7))))
    away = places - pivot
    places += share * (away @ turn.T - away)
    return places


def _acquire(random: np.random.Generator, image: np.ndarray, kind: str) -> np.ndarray:
    u = random.uniform
    if kind == "pet":
        image = ndimage.gaussian_filter(image, u(0.3, 1))
        return image + random.standard_normal(image.shape, dtype=np.float32) * u(0.02, 0.3) * np.sqrt(abs(image) + 0.1)
    if kind == "ct":
        image = _table(random, image)
        image = image + random.standard_normal(image.shape, dtype=np.float32) * u(1, 30)
    else:
        bias = smooth_field(random, image.shape, u(12, 40), 1)[0]
        image = np.clip(image, 0, None) * np.exp(bias * u(0, 0.4))
        noise = random.standard_normal((2, *image.shape), dtype=np.float32) * u(0.002, 0.06) * image.max()
        image = np.hypot(image + noise[0], noise[1])
        image = image ** float(np.exp(random.normal(0, 0.12)))
    if random.random() < 0.3:
        image = ndimage.gaussian_filter(image, random.uniform(0, 0.7, 3))
    if random.random() < 0.25:
        # Thick slices, or few with gaps.
        axis, thick = int(random.integers(3)), u(0.6, 1.8)
        image = ndimage.gaussian_filter1d(image, thick * 0.5, axis)
    return image.astype(np.float32)


def _table(random: np.random.Generator, image: np.ndarray) -> np.ndarray:
    outside = image < -900
    if random.random() < 0.6:
        rows = np.flatnonzero((~outside).any((0, 2)))
        below = (int(rows[0]) if len(rows) else 1) - int(random.integers(0, 3))
        for row in {below, below - int(random.integers(1, 3))}:
            if 0 <= row < image.shape[1]:
                own = image[:, row]
                image[:, row] = np.where(outside[:, row], np.maximum(own, random.uniform(-900, 0)), own)
    if random.random() < 0.1:
        lump = smooth_field(random, image.shape, 4, 1)[0] > random.uniform(1.2, 2.5)
        image = np.where(outside & lump, np.float32(random.uniform(-900, 300)), image)
    return image


def _cut(random, image: np.ndarray, is_body: np.ndarray, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Round fields of view, empty slices, metal, and clipped values."""
    nothing = image.min()
    if kind == "ct":
        nothing = random.choice([-1000.0, -1024.0, -2000.0, -3024.0])
        image = np.maximum(image, -1024.0)
        if random.random() < 0.15:
            image = np.clip(image, -1000, random.uniform(150, 600))
        if random.random() < 0.15:
            count = int(random.integers(1, 6))
            spots = tuple(random.integers(0, n, count) for n in image.shape)
            image[spots] = random.uniform(1500, 6000)
    hidden = np.zeros(image.shape, bool)
    if random.random() < (0.4 if kind == "ct" else 0.1):
        axes = [(np.arange(n) - (n - 1) / 2) / (n / 2) for n in image.shape[:2]]
        hidden |= (np.hypot(axes[0][:, None], axes[1][None]) > random.uniform(0.95, 1.1))[..., None]
    if random.random() < 0.08:
        axis = int(random.integers(3))
        empty = [slice(None)] * 3
        few = int(random.integers(1, max(2, image.shape[axis] // 5 + 1)))
        empty[axis] = slice(few) if random.random() < 0.5 else slice(-few, None)
        hidden[tuple(empty)] = True
    return np.where(hidden, np.float32(nothing), image), is_body & ~hidden
