"""Brightness as the network takes it: the same for CT, MR and everything else."""

import numpy as np

LOW, HIGH = 1.0, 99.5
"""Percentiles that become 0 and 1."""
LEAST, MOST = -0.2, 1.5


def normalise(image: np.ndarray) -> np.ndarray:
    """float32, from the percentiles over all voxels; a uniform image becomes 0."""
    low, high = np.percentile(image, (LOW, HIGH))
    if not high > low:
        return np.zeros(image.shape, np.float32)
    return np.clip((image - low) / (high - low), LEAST, MOST).astype(np.float32)
