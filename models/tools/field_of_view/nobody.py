"""Images without a body: noise, blobs, phantoms."""

import numpy as np
from scipy import ndimage

from body.fields import smooth_field


def draw_nobody(random: np.random.Generator) -> np.ndarray:
    """float32 [x, y, z]"""
    shape = tuple(int(n) for n in random.integers(4, 56, 3))
    if random.random() < 0.3:
        # Few slices.
        shape = (*shape[:2], int(random.integers(1, 5)))
    way = random.random()
    image = random.standard_normal(shape, dtype=np.float32)
    if way < 0.2:
        return ndimage.gaussian_filter(image, random.uniform(0, 2))
    if way < 0.45:
        fields = smooth_field(random, shape, random.uniform(2, 15), 1)[0]
        sharp = np.where(fields > random.uniform(-1, 1), random.uniform(0.2, 1), fields * random.uniform(0, 0.3))
        return (sharp + image * random.uniform(0, 0.2)).astype(np.float32)
    return _phantom(random, shape) + image * np.float32(random.uniform(0, 0.1))


def _phantom(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """A cylinder, box or ball of one material with inserts, in air."""
    image = np.full(shape, random.choice([0.0, 0.0, random.uniform(0, 1)]), np.float32)
    if random.random() < 0.35:
        _fill_shell(random, image)
    else:
        image[_solid(random, shape, (0.5, 1.05))] = random.uniform(0.2, 1)
    for _ in range(int(random.integers(0, 12))):
        image[_solid(random, shape, (0.05, 0.35))] = random.uniform(0, 1.5)
    return image


def _fill_shell(random: np.random.Generator, image: np.ndarray) -> None:
    """A tube along z with a wall, full of one thing, as in a scanner's daily check. Changes the image."""
    x, y = ((np.arange(n) - (n - 1) / 2) / (n / 2) for n in image.shape[:2])
    away = np.hypot(x[:, None], y[None]) / random.uniform(0.6, 1.05)
    image[away < 1] = random.uniform(0.2, 1)
    image[away < random.uniform(0.7, 0.98)] = random.uniform(0.2, 1)


def _solid(random: np.random.Generator, shape: tuple[int, ...], size: tuple[float, float]) -> np.ndarray:
    reach = size[0] < 0.3
    middle = random.uniform(-0.7, 0.7, 3) if reach else random.normal(0, 0.1, 3)
    share = random.uniform(*size, 3)
    if random.random() < 0.5:
        share[:] = share[0]
    axes = [((np.arange(n) - (n - 1) / 2) / (n / 2) - m) / s for n, m, s in zip(shape, middle, share, strict=True)]
    x, y, z = np.meshgrid(*axes, indexing="ij", sparse=True)
    way = random.integers(3)
    if way == 0:
        return (abs(x) < 1) & (abs(y) < 1) & (abs(z) < 1)
    if way == 1:
        return x**2 + y**2 + z**2 < 1
    radii = [x, y, z]
    along = radii.pop(int(random.integers(3)))
    return (radii[0] ** 2 + radii[1] ** 2 < 1) & (abs(along) < 1)
