"""Measures a network and brainchop's MeshNets on the real scan, in one run."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from .base_classes import BRAIN, MERGED_STRUCTURES, MIRROR, merged_structure_of_class, side_of_class
from .inference import Image, Network, segment
from .measures import agreement, dice_of_sides, dice_of_structures, side_confusion
from .meshnet import FILES, segment_with_meshnet
from .real_t1 import read_real_t1

CROPS: dict[str, tuple[tuple[float, float], ...]] = {
    "without the lower third": ((0, 1), (0, 1), (0.33, 1)),
    "front three quarters": ((0, 1), (0.25, 1), (0, 1)),
    "middle": ((0.12, 0.88), (0.15, 0.85), (0.15, 0.85)),
}
"""Parts of the image's box along x, y, z."""
MARGIN_MM = 8
"""At a cut a structure may be unrecognisable: the comparison leaves out the strip along the cuts; a second figure
includes it.
"""


def evaluate(network: Network, spacing: float, data: Path, meshnets: Path | None, threads: int) -> dict:
    """@param data train/brain_t1_eval/data
    @param meshnets models/brainchop_meshnet; None leaves them out
    """
    case = read_real_t1(data)

    def run(image: Image) -> np.ndarray:
        return segment(image, network, spacing, mirror=MIRROR, connected=BRAIN)

    classes = run(case.image)
    structure, side = merged_structure_of_class()[classes], side_of_class()[classes]
    by_side = dice_of_sides(structure, side, case.structure, case.side)
    sided = [n for n, name in enumerate(MERGED_STRUCTURES, start=1) if (case.side[case.structure == n] > 0).any()]
    own = dice_of_structures(structure, case.structure)
    merged_of_sided = [own[MERGED_STRUCTURES[n - 1]] for n in sided]
    result = {
        "structures": {"this model": own},
        "mean": {"this model": _mean(own)},
        "sides": by_side,
        "mean_of_sides": _mean(by_side),
        "mean_of_merged_with_sides": round(float(np.mean(merged_of_sided)), 4),
        "side_confusion": round(side_confusion(structure, side, case.structure, case.side), 5),
        "field_of_view": field_of_view_agreement(case.image, classes, run),
    }
    for name, file in FILES.items() if meshnets else ():
        result["structures"][name] = dice_of_structures(
            segment_with_meshnet(case.image, meshnets / file, threads), case.structure
        )
        result["mean"][name] = _mean(result["structures"][name])
    return result


def field_of_view_agreement(
    image: Image, whole: np.ndarray, run: Callable[[Image], np.ndarray]
) -> dict[str, dict[str, float]]:
    """Agreement between the labels of a cut-out and the labels of the same voxels in the whole image."""
    result = {}
    for name, parts in CROPS.items():
        part = tuple(slice(round(n * low), round(n * high)) for n, (low, high) in zip(whole.shape, parts, strict=True))
        origin = tuple(o + p.start * s for o, p, s in zip(image.origin, part, image.spacing, strict=True))
        cropped = run(Image(np.ascontiguousarray(image.voxels[part]), image.spacing, origin))
        inner = tuple(
            slice(round(MARGIN_MM / s) if low > 0 else 0, n - round(MARGIN_MM / s) if high < 1 else n)
            for n, s, (low, high) in zip(cropped.shape, image.spacing, parts, strict=True)
        )
        same = agreement(whole[part][inner], cropped[inner])
        result[name] = {key: round(value, 5) for key, value in same.items()}
        result[name]["all_with_margin"] = round(agreement(whole[part], cropped)["all"], 5)
    return result


def _mean(values: dict[str, float]) -> float:
    return round(float(np.mean(list(values.values()))), 4)


def as_table(result: dict) -> str:
    """The result as Markdown."""
    models = list(result["structures"])
    lines = [f"| structure (both sides) | {' | '.join(models)} |", "|---" * (len(models) + 1) + "|"]
    for name in MERGED_STRUCTURES:
        lines.append(f"| {name} | " + " | ".join(f"{result['structures'][m][name]:.3f}" for m in models) + " |")
    lines.append("| **mean** | " + " | ".join(f"**{result['mean'][m]:.3f}**" for m in models) + " |")
    lines += [
        "",
        f"Left and right separately: mean {result['mean_of_sides']:.3f}, the same structures merged "
        f"{result['mean_of_merged_with_sides']:.3f}.",
        f"{100 * result['side_confusion']:.2f} % of the voxels with the correct structure are on the wrong side.",
        "",
        "| field of view | same label, all voxels | of labelled voxels | with the strip along the cuts |",
        "|---|---|---|---|",
    ]
    for name, shares in result["field_of_view"].items():
        lines.append(f"| {name} | {shares['all']:.4f} | {shares['labelled']:.4f} | {shares['all_with_margin']:.4f} |")
    return "\n".join(lines) + "\n"
