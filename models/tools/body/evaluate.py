"""Measures a run or a package on real CT with silver labels."""

import json
from pathlib import Path

import numpy as np
import torch

from training.inference import Image, Network
from training.network import fixed_codes
from training.onnx_graphs import described, exported_network

from .inference import segment
from .labels import CLASS_COUNT, CLASS_NAMES
from .network import BodyNetwork
from .silver import SilverScan, dice_of_classes

FLOOR = 0.70
"""A class ships if its Dice is at least this on one scan, and on every scan that contains enough of it."""
ENOUGH_ML = 20.0
"""Below this volume in a scan a class is not judged: a few slices of it at the end of a scan prove little."""


def network_of_run(network: BodyNetwork, dimension: int) -> Network:
    """An averaged network for inference.segment."""
    codes = fixed_codes(CLASS_COUNT, dimension)

    @torch.no_grad()
    def run(x: torch.Tensor) -> torch.Tensor:
        logits = torch.einsum("nc,cxyz->nxyz", codes, network(x)[0])
        return torch.cat([torch.zeros(1, *logits.shape[1:]), logits])

    return run


def network_of_package(package: Path, threads: int, in_int8: bool = False) -> tuple[Network, float, str]:
    """A package's network, its voxel spacing in mm, and its description."""
    manifest = json.loads((package / "model.json").read_text(encoding="utf-8"))
    bank = np.fromfile(package / manifest["mask"]["embeddings"]["file"], "<f4")
    codes = bank.reshape(len(manifest["rows"]), -1).astype(np.float32)
    network = exported_network(package, codes, threads, in_int8)
    return network, manifest["input"]["spacing"][0], described(manifest, in_int8)


def evaluate(network: Network, spacing: float, scans: list[SilverScan]) -> dict:
    """Scan → class → Dice, mL found, mL there."""
    result = {}
    for scan in scans:
        predicted = segment(Image(scan.image, scan.spacing, scan.origin), network, spacing)
        measured = dice_of_classes(predicted, CLASS_NAMES, scan)
        result[scan.name] = {name: [round(value, 4) for value in values] for name, values in measured.items()}
    return result


def shipped_classes(scans: dict) -> set[str]:
    """Classes with sufficient accuracy: see FLOOR and ENOUGH_ML.

    @param scans result of `evaluate`
    """
    reached: set[str] = set()
    missed: set[str] = set()
    for classes in scans.values():
        for name, (dice, _, there) in classes.items():
            if dice >= FLOOR:
                reached.add(name)
            elif there >= ENOUGH_ML:
                missed.add(name)
    return reached - missed


def why_not_shipped(names: tuple[str, ...], scans: dict) -> str:
    """A sentence that explains why a group of classes does not ship."""
    missed = [own[name][0] for own in scans.values() for name in names if name in own and own[name][0] < FLOOR]
    if not missed:
        return "there was no real image to measure all of it on."
    return f"on a real scan its Dice was {min(missed):.2f}, and at least {FLOOR:.2f} is asked for."


def as_table(scans: dict) -> str:
    """Markdown: a row for each class, best first; Dice, and mL found of mL there."""
    names = {name for classes in scans.values() for name in classes}
    best = sorted(names, key=lambda name: -max(classes[name][0] for classes in scans.values() if name in classes))
    head = "".join(f" {scan} | mL found of mL there |" for scan in scans)
    lines = [f"| class |{head}", "|---|" + "---|---|" * len(scans)]
    for name in best:
        cells = ""
        for classes in scans.values():
            own = classes.get(name)
            cells += f" {own[0]:.3f} | {own[1]:.0f} of {own[2]:.0f} |" if own else " | |"
        lines.append(f"| {name} |{cells}")
    for what, value in (("mean", np.mean), (f"at least {FLOOR}", lambda d: float(np.sum(np.array(d) >= FLOOR)))):
        figures = [value([own[0] for own in classes.values()]) for classes in scans.values()]
        lines.append(f"| {what} |" + "".join(f" {figure:.3g} | |" for figure in figures))
    return "\n".join(lines) + "\n"
