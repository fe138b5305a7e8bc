"""Upstream's test whether a mask of BiomedParse v1 can be the requested object
(inference_utils/output_processing.py); the server does the same (families/biomedparse/).
"""

from __future__ import annotations

import numpy as np
from scipy import stats

MINIMUM_PROBABILITY = 0.05
"""Upstream's recommendation in its examples."""


def existence_probability(
    probabilities: np.ndarray, image: np.ndarray, distributions: list[list[list[float]]]
) -> float:
    """
    probabilities  [rows, columns] of the mask, 0–1
    image          uint8 [rows, columns, 3], the network's input
    distributions  for each kind of image a and b of four Beta distributions, from `existence_of`, as `beta`
    @returns for the kind that fits best the geometric mean of four two-sided p-values of the Kolmogorov-Smirnov test,
    each of one value,
             which is 2·min(F, 1 − F); 0 where no pixel is marked
    """
    mask = probabilities * 255
    marked = mask >= 128
    if not marked.any():
        return 0.0
    values = [mask[marked].mean() / 256, *(image[marked].mean(0) / 256)]
    a, b = np.moveaxis(np.array(distributions), 2, 0)
    below = stats.beta.cdf(values, a, b)
    return float((np.prod(2 * np.minimum(below, 1 - below), axis=1) ** 0.25).max())
