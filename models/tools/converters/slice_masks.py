"""From a slice's logits to labels on its own pixels, as in upstream's post-processing of BiomedParse v2; the server
does the same.

Only for the self-test of a package and for tests.
"""

from __future__ import annotations

import numpy as np

from .slice_images import _cubic


def enlarged(logits: np.ndarray, size: int) -> np.ndarray:
    """[…, n, n] to [size, size]: Keys' kernel with a = −0.5 over the existing ones of the four nearest, weights summing
    to 1.
    """
    count = logits.shape[-1]
    weights = np.zeros((size, count))
    for n in range(size):
        centre = (n + 0.5) * count / size
        near = range(max(int(centre - 1.5), 0), min(int(centre + 2.5), count))
        for m in near:
            weights[n, m] = _cubic(abs(m - centre + 0.5), -0.5)
        weights[n] /= weights[n].sum()
    return (weights @ logits @ weights.T).astype(np.float32)


def kept(masks: np.ndarray, presence: np.ndarray, threshold: float = 0.5, overlap: float = 0.5) -> list[int]:
    """The prompts whose masks [prompts, rows, columns] (bool) stay in this slice.

    A single prompt stays if its presence is above the threshold. Of several, the likeliest that marks anything stays
    and removes all others whose intersection over union with it exceeds `overlap`, and so on, until one is below the
    threshold.
    """
    if len(masks) == 1:
        return [0] if presence[0] > threshold else []
    order = [int(n) for n in np.argsort(-presence, kind="stable")]
    staying: list[int] = []
    while order and presence[order[0]] >= threshold:
        best = order.pop(0)
        if not masks[best].any():
            continue
        staying.append(best)
        order = [n for n in order if _overlap(masks[best], masks[n]) <= overlap]
    return staying


def _overlap(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / (a | b).sum())


def labels_of(logits: np.ndarray, presence_logits: np.ndarray, size: int) -> np.ndarray:
    """One slice, [prompts, n, n] and [prompts] → [size, size]: 0 for none, else 1 + the most probable prompt."""
    probabilities = _sigmoid(enlarged(logits, size))
    staying = kept(probabilities > 0.5, _sigmoid(presence_logits.astype(np.float32)))
    competing = np.zeros_like(probabilities)
    competing[staying] = probabilities[staying]
    return np.concatenate([np.full((1, size, size), 0.5, np.float32), competing]).argmax(0)


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return (1 / (1 + np.exp(-logits.astype(np.float64)))).astype(np.float32)


def on_own_pixels(labels: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """The nearest label for each pixel of the slice before padding and resizing; like PyTorch, nearest rounds down."""
    size, side = labels.shape[-1], max(rows, columns)
    places = np.minimum((np.arange(side, dtype=np.float32) * np.float32(size / side)).astype(np.int64), size - 1)
    top, left = (side - rows) // 2, (side - columns) // 2
    return labels[np.ix_(places[top : top + rows], places[left : left + columns])]
