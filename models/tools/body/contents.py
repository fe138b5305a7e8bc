"""Contents of hollow organs: gas, fluid, stool, food and contrast medium."""

from collections.abc import Callable

import numpy as np
import torch

from . import labels as l

Field = Callable[[float], torch.Tensor]
"""A smooth random field over the image, with nodes at this distance in mm."""


def hollow_organs(random: np.random.Generator, labels: torch.Tensor, field: Field) -> dict[int, torch.Tensor]:
    """HU of the contents: label → float32 [x, y, z]. y points to the front, where gas is in a supine patient."""
    u = random.uniform
    coarse, fine = field(35), field(16)
    noise = torch.from_numpy(random.standard_normal(labels.shape, dtype=np.float32))
    height = torch.arange(labels.shape[1], dtype=torch.float32)[None, :, None].expand(labels.shape)
    prone = random.random() < 0.05
    up = -height if prone else height
    return {
        56: _stomach(random, labels, up, fine),
        l.COLON_CONTENT: _colon(random, up, coarse, fine, noise, field(40)),
        l.BOWEL_CONTENT: _small_bowel(random, coarse, fine, field(20)),
        106: _bladder(random, labels, up, u(-5, 20)),
    }


def _level(labels: torch.Tensor, label: int, up: torch.Tensor, share: float) -> float:
    inside = up[labels == label]
    return float(inside.sort().values[int((len(inside) - 1) * share)]) if len(inside) else 0.0


def _stomach(random: np.random.Generator, labels: torch.Tensor, up: torch.Tensor, fine: torch.Tensor) -> torch.Tensor:
    u, chance = random.uniform, random.random
    held = u(-5, 40) if chance() < 0.6 else u(100, 450) if chance() < 0.4 else u(-40, 60)
    value = torch.full(labels.shape, float(held)) + (fine * u(5, 45) if chance() < 0.45 else 0)
    if chance() < 0.75:
        value = torch.where(up > _level(labels, 56, up, u(0.35, 1)), -980.0, value)
    return value


def _colon(random, up, coarse, fine, noise, gas_field) -> torch.Tensor:
    u, chance = random.uniform, random.random
    stool = u(-110, 50) + fine * u(10, 90) + noise * u(5, 60)
    if chance() < 0.6:
        bubbles = (noise.roll(1, 0) + 0.5 * fine) > u(0.4, 1.6)
        stool = torch.where(bubbles, float(u(-900, -250)), stool)
    marked = torch.full_like(noise, float(u(120, 450))) if chance() < 0.25 else stool
    stool_above, fluid_below = u(-0.8, 0.3), -1.0
    if chance() < 0.3:
        # Full of stool all along, or of fluid: diarrhoea, a cleansed bowel.
        stool_above = fluid_below = -np.inf if chance() < 0.6 else np.inf
    value = torch.where(coarse > stool_above, stool, torch.where(coarse > fluid_below, marked, float(u(0, 35))))
    return torch.where(gas_field + (up - up.mean()) * 0.02 > u(-0.7, 2.5), -970.0, value)


def _small_bowel(random, coarse, fine, gas_field) -> torch.Tensor:
    u, chance = random.uniform, random.random
    value = u(0, 35) + fine * u(0, 15)
    if chance() < 0.35:
        value = torch.where(coarse > u(-1, 0.5), float(u(120, 380)), value)
    return torch.where(gas_field > u(0.9, 3), -950.0, value)


def _bladder(random, labels, up, urine: float) -> torch.Tensor:
    value = torch.full(labels.shape, float(urine))
    if random.random() < 0.2:
        value = torch.where(
            up < _level(labels, 106, up, random.uniform(0.2, 0.8)), float(random.uniform(150, 900)), value
        )
    return value
