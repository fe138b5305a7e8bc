"""Writes the fixture for testing the server's processing for BiomedParse v2, in
server/src/segmenter/families/biomedparse/testing/.

    python upstream/biomedparse_3d_stages.py UPSTREAM SERIES NAME ct|mr

UPSTREAM is a checkout of upstream's v2 code (see biomedparse_v2.py), SERIES a folder with one series of DICOM images,
NAME the fixture's name. Upstream's own functions choose the slices' axis, pad, resize, join neighbours, enlarge,
suppress, merge and return to the source. A function known to this file and the test replaces its network. Upstream
expects ready-made grey values; they are made here with NumPy by the rules of its preprocessing script
(preprocessing/pre_CT_MR.py), which has no functions to call.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import numpy as np
import pydicom
import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parent))

from biomedparse_v2 import put_in_place_of_detectron2

FIXTURES = Path(__file__).resolve().parents[4] / "server" / "src" / "segmenter" / "families" / "biomedparse" / "testing"
SIZE, COARSE = 512, 128
# The used rows and columns of a slice, and the used slices: odd numbers, to test padding and resizing.
PARTS = {
    "ct": (slice(100, 401), slice(80, 343), slice(0, None, 25)),
    "mr": (slice(20, 237), slice(0, 256), slice(4, None, 47)),
}
WINDOW = (40, 400)
# For each prompt: weights of the slice, the previous and the next one (of 0–255), a constant, and the weights of its
# presence.
PROMPTS = (
    {"weights": (0.08, 0.01, -0.01), "constant": -9.0, "presence": (0.02, -0.6)},
    {"weights": (0.06, 0.0, 0.03), "constant": -9.2, "presence": (0.015, -0.5)},
    {"weights": (-0.05, 0.02, 0.0), "constant": 0.9, "presence": (-0.02, 1.4)},
)


class Backbone(nn.Module):
    def output_shape(self) -> dict:
        return {}

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return image


class Head(nn.Module):
    """The known function: logits are weighted means of the channels over 4 × 4 pixels; presence is computed from the
    mean of the slice.
    """

    def override_input_shape(self, _shape: dict) -> None:
        pass

    def encode_prompts(self, text: list[str], eval: bool) -> dict:
        count = len(text[0].split("[SEP]"))
        return {
            "num_prompts": torch.tensor([count]),
            "grounding_tokens": torch.zeros(1, count, 1),
            "class_emb": torch.zeros(count, 1),
        }

    def forward(self, image_features: torch.Tensor, prompt_features: dict) -> dict:
        count = int(prompt_features["num_prompts"][0])
        gray = (image_features * 57.63 + 114.495).round()
        coarse = nn.functional.avg_pool2d(gray, SIZE // COARSE)
        masks, presence = [], []
        for image, small in zip(gray, coarse, strict=True):
            for prompt in PROMPTS[:count]:
                logits = (
                    sum(weight * channel for weight, channel in zip(prompt["weights"], small, strict=True))
                    + prompt["constant"]
                )
                masks.append(logits.expand(16, -1, -1))
                slope, constant = prompt["presence"]
                presence.append(slope * image[0].mean() + constant)
        return {"pred_gmasks": torch.stack(masks), "object_existence": torch.stack(presence)[:, None]}


def main(upstream: Path, series: Path, name: str, kind: str) -> None:
    put_in_place_of_detectron2()
    sys.path.insert(0, str(upstream))
    model = importlib.import_module("src.model.biomedparse_3D")
    utilities, inference = importlib.import_module("utils"), importlib.import_module("inference")

    volume = read_volume(series)[PARTS[kind][2], PARTS[kind][0], PARTS[kind][1]]
    gray = gray_of(volume, kind)
    images, pad, padded, axis = utilities.process_input(gray, SIZE)
    fixture = {
        "madeBy": (
            "models/tools/converters/upstream/biomedparse_3d_stages.py, BiomedParse v2 at commit 6168155 of a copy"
        ),
        "shape": list(volume.shape),
        "axis": int(axis),
        "gray": samples(gray),
        "images": samples(images.numpy()),
        "prompts": PROMPTS,
        "cases": [],
    }
    network = model.BiomedParseModel(Backbone(), Head(), convolute_outputs=False, edge_queries=4).eval()
    # The exact published normalisation, so that Head can revert it.
    network.pixel_mean, network.pixel_std = torch.full((1, 3, 1, 1), 114.495), torch.full((1, 3, 1, 1), 57.63)
    for count in (1, 3):
        inputs = {"image": images.int()[None], "text": ["[SEP]".join("x" * count)]}
        predictions = network(inputs, mode="eval", slice_batch_size=4)["predictions"]
        enlarged = nn.functional.interpolate(
            predictions["pred_gmasks"], (SIZE, SIZE), mode="bicubic", align_corners=False, antialias=True
        )
        masks = inference.postprocess(enlarged, predictions["object_existence"])
        labels = utilities.process_output(
            inference.merge_multiclass_masks(masks, list(range(1, count + 1))), pad, padded, axis
        )
        fixture["cases"].append(
            {
                "prompts": count,
                "presence": [
                    float(f"{value:.6g}") for value in predictions["object_existence"].sigmoid().max(1).values
                ],
                "voxelsOfSlice": [[int((one == n + 1).sum()) for one in labels] for n in range(count)],
                "labels": samples(labels),
            }
        )
    FIXTURES.mkdir(parents=True, exist_ok=True)
    lines = [f" {json.dumps(key)}: {json.dumps(value)}" for key, value in fixture.items()]
    (FIXTURES / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def read_volume(series: Path) -> np.ndarray:
    """Rescaled, [slices, rows, columns], slices ascending to the patient's left, back or head."""
    slices = [pydicom.dcmread(file) for file in sorted(series.rglob("*.dcm"))]
    slices = [one for one in slices if "ImagePositionPatient" in one]
    along, down = np.reshape(slices[0].ImageOrientationPatient, (2, 3)).astype(float)
    across = int(np.abs(np.cross(along, down)).argmax())
    slices.sort(key=lambda one: float(one.ImagePositionPatient[across]))
    return np.stack(
        [one.pixel_array * float(one.get("RescaleSlope", 1)) + float(one.get("RescaleIntercept", 0)) for one in slices]
    )


def gray_of(volume: np.ndarray, kind: str) -> np.ndarray:
    if kind == "ct":
        level, width = WINDOW
        clipped = np.clip(volume, level - width / 2, level + width / 2)
    else:
        above = volume[volume > 0]
        clipped = np.clip(volume, np.percentile(above, 0.5), np.percentile(above, 99.5))
    stretched = (clipped - clipped.min()) / (clipped.max() - clipped.min()) * 255.0
    if kind != "ct":
        stretched[volume == 0] = 0
    return stretched.astype(np.uint8)


def samples(values: np.ndarray) -> dict:
    """The sum of all and the values at 60 scattered places [slice, row, column]."""
    places = np.random.default_rng(5).integers(0, values.shape, (60, 3))
    return {
        "sum": int(values.astype(np.int64).sum()),
        "at": [[*map(int, place), int(values[tuple(place)])] for place in places],
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4])
