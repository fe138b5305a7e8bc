"""Writes the fixture for testing the server's processing of an image, in
server/src/segmenter/families/sat/testing/.

    python upstream/sat_stages.py UPSTREAM SERIES NAME ct|mri

UPSTREAM is a checkout of github.com/zhaoziheng/SAT with its requirements (it was written for MONAI 1.1.0 and NumPy 1),
SERIES a folder with one series of DICOM images, NAME the fixture's name. Upstream's own functions do every step. A
function known to this file and the test replaces its network, so the comparison needs neither weights nor time for a
network.
"""

import json
import sys
import tempfile
import types
from pathlib import Path

import nibabel
import numpy as np
import pydicom
import torch

FIXTURES = Path(__file__).resolve().parents[4] / "server" / "src" / "segmenter" / "families" / "sat" / "testing"
SAMPLES = 60
PROMPTS = 2


def main(upstream: Path, series: Path, name: str, modality: str) -> None:
    sys.path.insert(0, str(upstream))
    from data import inference_dataset
    from evaluate import inference_engine

    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder) / "image.nii.gz"
        write_nifti(series, image)
        fixture = {
            "madeBy": "models/tools/converters/upstream/sat_stages.py, SAT at commit 5676be5",
            **before_the_network(inference_dataset, image, modality),
            **around_the_network(inference_dataset, inference_engine, image, modality, Path(folder)),
        }
    FIXTURES.mkdir(parents=True, exist_ok=True)
    (FIXTURES / f"{name}.json").write_text(to_json(fixture), encoding="utf-8")


def write_nifti(series: Path, path: Path) -> None:
    slices = [pydicom.dcmread(file) for file in sorted(series.rglob("*.dcm"))]
    slices = [one for one in slices if "ImagePositionPatient" in one]
    along, down = np.reshape(slices[0].ImageOrientationPatient, (2, 3)).astype(float)
    normal = np.cross(along, down)
    slices.sort(key=lambda one: float(normal @ np.array(one.ImagePositionPatient, float)))
    rows, columns = (float(value) for value in slices[0].PixelSpacing)
    first, last = (np.array(slices[n].ImagePositionPatient, float) for n in (0, -1))
    to_lps = np.eye(4)
    to_lps[:3] = np.column_stack([along * columns, down * rows, (last - first) / (len(slices) - 1), first])
    voxels = np.stack(
        [
            one.pixel_array.T * float(one.get("RescaleSlope", 1)) + float(one.get("RescaleIntercept", 0))
            for one in slices
        ],
        -1,
    )
    nibabel.save(nibabel.Nifti1Image(voxels.astype(np.float32), np.diag([-1, -1, 1, 1]) @ to_lps), path)


def before_the_network(dataset: types.ModuleType, image: Path, modality: str) -> dict:
    """Intermediate results of load_image: shapes, positions, boxes and values at scattered voxels."""
    steps = {}

    class Watched(dataset.monai.transforms.Compose):
        def __call__(self, data: dict) -> dict:
            for transform in self.transforms:
                data = transform(data)
                steps[type(transform).__name__] = (
                    dict(data),
                    data["image"].clone() if hasattr(data["image"], "clone") else data["image"],
                )
            return data

    dataset.monai.transforms.Compose = Watched
    datum = {"image": str(image), "label": [], "modality": modality, "dataset": "none"}
    normalised, *_ = dataset.load_image(datum)
    turned, resampled = steps["Orientationd"][1], steps["Spacingd"][1]
    box = steps["CropForegroundd"][0]
    start = [int(value) for value in box["foreground_start_coord"]]
    return {
        "turned": {"size": sizes(turned), "voxelToRas": np.asarray(turned.affine).ravel()},
        "resampled": {
            "size": sizes(resampled),
            "voxelToRas": np.asarray(resampled.affine).ravel(),
            "samples": samples(resampled),
        },
        "crop": {"first": start, "size": sizes(normalised)},
        "normalised": {"samples": samples(normalised)},
    }


def around_the_network(
    dataset: types.ModuleType, engine: types.ModuleType, image: Path, modality: str, folder: Path
) -> dict:
    """Windows, their weights, and the number of marked voxels per slice when known probabilities are blended."""
    lines = folder / "image.jsonl"
    labels = [f"prompt {n}" for n in range(PROMPTS)]
    lines.write_text(
        json.dumps({"image": str(image), "label": labels, "modality": modality, "dataset": "none"}) + "\n",
        encoding="utf-8",
    )
    dataset.is_master = engine.is_master = lambda: True
    testset = dataset.Inference_Dataset(str(lines), batch_size=1)
    (item,) = (testset[n] for n in range(1))
    out = folder / "out"
    out.mkdir()
    engine.inference(KnownNetwork(), Numbers(), torch.device("cpu"), testset, [item], str(out))
    masks = [
        np.asarray(nibabel.load(out / "none" / f"seg_{item['sample_id']}" / f"{label}.nii.gz").dataobj)
        for label in labels
    ]
    weights = torch.from_numpy(engine.compute_gaussian((288, 288, 96)).astype(np.float64))[None]
    return {
        "windows": [place[::2] for batch in item["batched_y1y2_x1x2_z1z2"] for place in batch],
        "weights": {"samples": samples(weights), "sum": float(weights.sum()), "least": float(weights.min())},
        "marked": [[int(count) for count in mask.sum((0, 1))] for mask in masks],
    }


class Numbers(torch.nn.Module):
    """Replaces the text encoder: a prompt's query is its number."""

    def forward(self, texts: list[str], _modality: str) -> torch.Tensor:
        return torch.arange(len(texts))[:, None]


class KnownNetwork(torch.nn.Module):
    """Logits that depend on the voxel and its position in the window, so that overlapping windows disagree."""

    def forward(self, queries: list[torch.Tensor], image_input: torch.Tensor) -> torch.Tensor:
        x, y, z = (torch.arange(n).float() for n in image_input.shape[2:])
        place = (
            torch.sin(0.11 * x)[:, None, None] + torch.cos(0.07 * y)[None, :, None] + torch.sin(0.31 * z)[None, None, :]
        )
        return torch.stack([((image_input[0, 0] - 0.4 + 0.3 * float(n)) * 1.5 + place) for n in queries[0][:, 0]])[
            None
        ].float()


def samples(voxels: torch.Tensor) -> list[list[float]]:
    """[x, y, z, value] at scattered voxels, including the last of every axis."""
    size = sizes(voxels)
    places = np.random.default_rng(1).integers(0, size, (SAMPLES, 3))
    places[:3] = [[n - 1 for n in size], [0, 0, 0], [n // 2 for n in size]]
    return [[*map(int, place), float(voxels[0][tuple(place)])] for place in places]


def sizes(voxels: torch.Tensor) -> list[int]:
    return [int(n) for n in voxels.shape[1:]]


def to_json(fixture: dict) -> str:
    """One entry per line; numbers with nine digits."""

    def plain(value: object) -> object:
        if isinstance(value, dict):
            return {key: plain(entry) for key, entry in value.items()}
        if isinstance(value, (list, np.ndarray)):
            return [plain(entry) for entry in value]
        return float(f"{value:.9g}") if isinstance(value, (float, np.floating)) else value

    return (
        "{\n"
        + ",\n".join(f" {json.dumps(key)}: {json.dumps(plain(value))}" for key, value in fixture.items())
        + "\n}\n"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4])
