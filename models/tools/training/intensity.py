"""Normalisation of intensities: the steps in the model package's manifest, in PyTorch."""

import torch

LOW_PERCENT, HIGH_PERCENT = 1.0, 99.5
HIGHEST = 1.5
CT_WINDOW = (-40, 100)
"""CT has fixed units: the middle of the windows of contrast._ct to 0-1."""
MANIFEST_STEPS = [
    {
        "step": "scale-percentiles",
        "low": {"percent": LOW_PERCENT, "scope": "all"},
        "high": {"percent": HIGH_PERCENT, "scope": "above-minimum"},
    },
    {"step": "clip", "low": 0, "high": HIGHEST},
]
CT_MANIFEST_STEPS = [
    {"step": "clip", "low": CT_WINDOW[0], "high": CT_WINDOW[1]},
    {"step": "scale", "low": CT_WINDOW[0], "high": CT_WINDOW[1]},
]
SAMPLE = 40_000
"""Number of voxels for the percentiles of a synthetic image; real images use all."""


def normalise(image: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """Scales percentile 1 of all values to 0 and percentile 99.5 of those above the minimum to 1, and clips to 0–1.5.

    @param values one-dimensional: the voxels to use
    """
    if values.numel() == 0:
        return torch.zeros_like(image)
    above = values[values > values.min()]
    if above.numel() == 0:
        return torch.zeros_like(image)
    low, high = _percentile(values, LOW_PERCENT), _percentile(above, HIGH_PERCENT)
    if high <= low:
        return torch.zeros_like(image)
    return ((image - low) / (high - low)).clamp(0, HIGHEST)


def normalise_ct(image: torch.Tensor, _values: torch.Tensor) -> torch.Tensor:
    """Hounsfield units to 0–1."""
    low, high = CT_WINDOW
    return (image.clamp(low, high) - low) / (high - low)


def _percentile(values: torch.Tensor, percent: float) -> torch.Tensor:
    ordered = values.sort().values
    rank = (len(ordered) - 1) * percent / 100
    below = ordered[int(rank)]
    return below + (rank - int(rank)) * (ordered[min(int(rank) + 1, len(ordered) - 1)] - below)
