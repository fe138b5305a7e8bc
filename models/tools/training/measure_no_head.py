"""What a network finds where there is no head: in generated trunks, limbs and phantoms, and in real series. Beside it,
what it finds in the real heads.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import ndimage

from body.bodies import Body
from body.fields import smooth_field
from body.images import ImageGenerator
from body.labels import LABELS_OF_CLASS
from field_of_view.nobody import draw_nobody
from field_of_view.real import Volume
from field_of_view.series import SERIES, Series, read
from field_of_view.tissues import draw_look, tissue_of_label

from .base_classes import BRAIN, CLASS_INDEX, MIRROR
from .golden import MINIMUM_VOLUME_ML
from .inference import FOREGROUND, MARGIN, Image, Network, segment
from .intensity import CT_WINDOW, normalise, normalise_ct
from .label_maps import LabelSet
from .vocabulary import rows_of_targets

GENERATED, SEED = 200, 20_261_203
SPACING = 2.0
KINDS = {"ct": 0.4, "t1": 0.2, "t2": 0.15, "other-mr": 0.1, "phantom": 0.15}
UPPER_NECK = range(60, 66)
"""C1 to C6. The rest of a neck belongs to the trunk: the trainer's images without a head reach as high."""
HEAD = tuple({*LABELS_OF_CLASS["skull"], *LABELS_OF_CLASS["brain"], *UPPER_NECK})
MORE_SERIES = (Series("chest, CT, 3 slices of 1.25 mm", "ct", ("chest",), "seg_dcmqi/data/segmentations/ct-3slice"),)


@dataclass(frozen=True)
class Scan:
    """kind  of KINDS, or of a series
    modality  "CT" or "MR", whose normalisation the server uses
    """

    kind: str
    modality: str
    image: Image


def measure_no_head(
    network: Network, spacing: float, bodies: list[Body], labels: LabelSet, unpacked: Path, data: Path
) -> dict:
    """`generated`: for each kind how many volumes there were and in how many something was found, and what; `series`:
    whether a real series shows a head, and the volumes in mL of the targets found.

    @param bodies that were not trained on
    @param labels of the heads
    @param unpacked folder into which ../shared/data/unpack has unpacked the series
    @param data ../shared/data
    """
    return {
        "series": _found_in_series(network, spacing, unpacked, data),
        "generated": _found_in_generated(network, spacing, bodies, labels),
    }


def _found_in_series(network: Network, spacing: float, unpacked: Path, data: Path) -> dict:
    results = {}
    for series in (*SERIES, *MORE_SERIES):
        if series.kind == "pet":
            continue  # The package does not serve it.
        volume = read(series, unpacked, data)
        modality = "CT" if series.kind == "ct" or ", CT" in series.name else "MR"
        image = along_patient(volume)
        own = found(network, spacing, Scan(series.kind, modality, without_air(image) if modality == "CT" else image))
        results[series.name] = {"head": "head" in series.regions, "found": own}
        print(f"{series.name}: {len(own)} targets, {own.get('head', 0)} mL", file=sys.stderr, flush=True)
    return results


def _found_in_generated(network: Network, spacing: float, bodies: list[Body], labels: LabelSet) -> dict:
    kinds = {kind: {"volumes": 0, "with_findings": 0} for kind in KINDS}
    volumes = {}
    for number, scan in enumerate(generated_scans(bodies, labels)):
        own = found(network, spacing, scan)
        kinds[scan.kind]["volumes"] += 1
        if own:
            kinds[scan.kind]["with_findings"] += 1
            volumes[number] = {"kind": scan.kind, "found": own}
            print(
                f"volume {number}, {scan.kind}: {len(own)} targets, {own.get('head', 0)} mL",
                file=sys.stderr,
                flush=True,
            )
    share = 1 - len(volumes) / GENERATED
    return {"share_without_findings": round(share, 4), "kinds": kinds, "volumes": volumes}


def found(network: Network, spacing: float, scan: Scan) -> dict[str, float]:
    """Target → mL, of the targets that the server would report as found."""
    normalised = normalise_ct if scan.modality == "CT" else normalise
    classes = segment(scan.image, network, spacing, mirror=MIRROR, connected=BRAIN, normalised=normalised)
    millilitres = np.bincount(classes.ravel(), minlength=256) * np.prod(scan.image.spacing) / 1000
    volumes = {
        target: float(sum(millilitres[CLASS_INDEX[row]] for row in rows)) for target, rows in rows_of_targets().items()
    }
    return {target: round(own, 2) for target, own in volumes.items() if own >= MINIMUM_VOLUME_ML}


def along_patient(volume: Volume) -> Image:
    """The volume on the model's grid, whose axes are the patient's; dark outside."""
    corners = np.stack(np.meshgrid(*([0, n - 1] for n in volume.voxels.shape), indexing="ij"), -1).reshape(-1, 3)
    places = corners @ volume.affine[:3, :3].T + volume.affine[:3, 3]
    first, last = np.floor(places.min(0) / SPACING), np.ceil(places.max(0) / SPACING)
    to_voxel = np.linalg.inv(volume.affine)
    voxels = ndimage.affine_transform(
        volume.voxels,
        to_voxel[:3, :3] * SPACING,
        to_voxel[:3, :3] @ (first * SPACING) + to_voxel[:3, 3],
        tuple((last - first + 1).astype(int)),
        order=1,
        mode="grid-constant",
        cval=float(volume.voxels.min()),
    )
    return Image(voxels, (SPACING,) * 3, tuple(first * SPACING))


def without_air(image: Image) -> Image:
    """A CT cut to what windows cover: `segment` holds 39 probabilities of each voxel, 13 GB of a trunk with its air."""
    low, high = CT_WINDOW
    bright = image.voxels > low + FOREGROUND * (high - low)
    part = []
    for axis in range(3):
        along = np.flatnonzero(bright.any(tuple(other for other in range(3) if other != axis)))
        first, last = (along[0], along[-1]) if len(along) else (0, bright.shape[axis] - 1)
        part.append(slice(max(0, first - MARGIN), last + 1 + MARGIN))
    origin = tuple(o + own.start * s for o, own, s in zip(image.origin, part, image.spacing, strict=True))
    return Image(np.ascontiguousarray(image.voxels[tuple(part)]), image.spacing, origin)


def generated_scans(bodies: list[Body], labels: LabelSet) -> Iterator[Scan]:
    """GENERATED volumes without a head, the same ones every time."""
    tissues = tissue_of_label(labels)
    return (draw_scan(np.random.default_rng((SEED, number)), bodies, tissues) for number in range(GENERATED))


def draw_scan(random: np.random.Generator, bodies: list[Body], tissues: np.ndarray) -> Scan:
    """CT, MR or a phantom, in a field of view from three slices to a long trunk, or a part of the cross-section.

    @param tissues tissue_of_label
    """
    kind = str(random.choice(list(KINDS), p=list(KINDS.values())))
    if kind == "phantom":
        modality = str(random.choice(["CT", "MR"]))
        voxels = _phantom(random, modality)
    else:
        modality = "CT" if kind == "ct" else "MR"
        voxels = _part_of_a_body(random, kind, bodies, tissues)
    thick = int(random.choice([1, 1, 1, 2, 3]))
    voxels = np.ascontiguousarray(voxels[:, :, ::thick])
    return Scan(kind, modality, Image(voxels, (SPACING, SPACING, SPACING * thick), tuple(random.uniform(-200, 200, 3))))


def _phantom(random: np.random.Generator, modality: str) -> np.ndarray:
    small = draw_nobody(random)
    size = random.integers((40, 40, 3), (130, 120, 100))
    image = ndimage.zoom(small, size / small.shape, order=1)
    return image * 1100 - 1000 if modality == "CT" else abs(image) * 1000


def _part_of_a_body(random: np.random.Generator, kind: str, bodies: list[Body], tissues: np.ndarray) -> np.ndarray:
    slices = int(np.exp(random.uniform(np.log(6), np.log(190))))
    generator = ImageGenerator(
        bodies, (int(random.integers(170, 215)), int(random.integers(110, 145)), slices), SPACING
    )
    while True:
        example = generator.draw((int(random.integers(2**31)),))
        if not np.isin(example.labels.numpy(), HEAD).any():
            break
    part = (slice(None),) * 3
    if random.random() < 0.35:
        # One side, the spine, a joint.
        size = random.integers(45, 100, 2)
        start = [int(random.integers(n - own)) for n, own in zip(example.image.shape, size, strict=False)]
        part = (slice(start[0], start[0] + size[0]), slice(start[1], start[1] + size[1]), slice(None))
    if kind == "ct":
        return example.image.numpy()[part]
    return _magnetic(random, kind, example.labels.numpy()[part], tissues)


def _magnetic(random: np.random.Generator, kind: str, labels: np.ndarray, tissues: np.ndarray) -> np.ndarray:
    look = draw_look(random, kind, tissues)
    noise = random.standard_normal((3, *labels.shape), dtype=np.float32)
    image = ndimage.gaussian_filter(look.mean[labels] + look.texture[labels] * noise[0], random.uniform(0.3, 0.9))
    image = image * np.exp(smooth_field(random, labels.shape, 50, 1)[0] * random.uniform(0, 0.3))
    deviation = random.uniform(0.005, 0.05) * image.max()
    return np.hypot(image + deviation * noise[1], deviation * noise[2])


def as_lines(result: dict) -> str:
    """The result as Markdown."""
    generated = result["generated"]
    lines = [
        f"Nothing found in {100 * generated['share_without_findings']:.1f} % of {GENERATED} generated volumes without "
        "a head.",
        "",
        "| generated | volumes | with findings |",
        "|---|---|---|",
    ]
    lines += [f"| {kind} | {own['volumes']} | {own['with_findings']} |" for kind, own in generated["kinds"].items()]
    lines += ["", "| real series | targets found | head, mL |", "|---|---|---|"]
    for name, own in result["series"].items():
        lines.append(f"| {name} | {len(own['found'])} | {own['found'].get('head', 0):.1f} |")
    return "\n".join(lines) + "\n"
