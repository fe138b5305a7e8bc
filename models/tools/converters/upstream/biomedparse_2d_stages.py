"""Writes the fixture for testing the server's processing for BiomedParse v1:
server/src/segmenter/families/biomedparse/testing/2d_NAME.json.

    python upstream/biomedparse_2d_stages.py UPSTREAM SERIES NAME ct|mr
    python upstream/biomedparse_2d_stages.py UPSTREAM picture

UPSTREAM is a checkout of upstream's code (see biomedparse_v1.py), SERIES a folder with one series of DICOM images, NAME
the fixture's name. The colour picture consists of whole numbers, computed here and in the test. Upstream's own
functions read, stretch, pad, resize, select the query, enlarge, test existence, suppress and combine. A function known
to this file and the test replaces its network.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import numpy as np
import pydicom
import torch
from biomedparse_3d_stages import FIXTURES, PARTS, read_volume
from biomedparse_v1 import use
from PIL import Image

SIZE, COARSE = 1024, 256
SITE = "abdomen"
PICTURE = (1501, 1120)
"""Rows, columns: with an odd difference, both larger than the network's input."""
# For each prompt: weights of red, green and blue (0–255) and a constant, which define its logits; the Beta
# distributions of its existence. The last one marks nothing.
PROMPTS = (
    {"weights": (0.05, 0.02, 0.01), "constant": -11.0, "existence": [[60, 6], [8, 4], [9, 4], [8, 5]]},
    {"weights": (0.02, 0.03, 0.02), "constant": -9.5, "existence": [[40, 5], [6, 3], [6, 3], [6, 3]]},
    {"weights": (-0.03, -0.01, -0.02), "constant": 1.2, "existence": [[30, 4], [1.5, 9], [1.5, 9], [1.5, 9]]},
    {"weights": (0.01, 0.01, 0.01), "constant": -8.0, "existence": [[2, 2], [2, 2], [2, 2], [2, 2]]},
)


class KnownModel:
    """The interface that upstream expects of its model: the masks of all queries, one for each prompt, and embeddings:
    query n is similar to text n only.
    """

    def __init__(self):
        self.model, self.task_switch, self.logits = self, {}, None
        self.sem_seg_head = SimpleNamespace(
            predictor=SimpleNamespace(lang_encoder=SimpleNamespace(logit_scale=torch.ones(())))
        )

    def look_at(self, image: np.ndarray) -> None:
        """uint8 [1024, 1024, 3]: the image for all later calls."""
        means = torch.nn.functional.avg_pool2d(torch.from_numpy(image.copy()).permute(2, 0, 1).float(), SIZE // COARSE)
        logits = [
            sum(w * channel for w, channel in zip(p["weights"], means, strict=True)) + p["constant"] for p in PROMPTS
        ]
        self.logits = torch.stack(logits)

    def evaluate_demo(self, inputs: list[dict]) -> tuple[dict, None, dict]:
        queries = torch.eye(len(PROMPTS))
        results = {"pred_masks": [self.logits], "pred_captions": [queries], "pred_logits": [queries]}
        return results, None, {"grounding_class": queries[[int(text) for text in inputs[0]["text"]]]}


def main(upstream: Path, *arguments: str) -> None:
    use(upstream)
    reading, inference = (
        importlib.import_module(f"inference_utils.{name}") for name in ("processing_utils", "inference")
    )
    results = importlib.import_module("inference_utils.output_processing")
    results.get_target_dist = lambda: {"known": {str(n): prompt["existence"] for n, prompt in enumerate(PROMPTS)}}
    inference.BIOMED_OBJECTS = {"known": [str(n) for n in range(len(PROMPTS))]}
    resized = watched(reading.transform)
    if arguments[0] == "picture":
        name, kind, images, shape = "picture", "colour", [as_read(reading, picture())], (1, *PICTURE)
    else:
        series, name, kind = arguments
        volume = read_volume(Path(series))
        if kind == "ct":
            require_same_as_read_dicom(reading, next(Path(series).rglob("*.dcm")))
        volume = volume[PARTS[kind][2], PARTS[kind][0], PARTS[kind][1]]
        resized.clear()
        site = SITE if kind == "ct" else None
        images, shape = [reading.process_intensity_image(slice_, kind == "ct", site) for slice_ in volume], volume.shape
    values = np.stack(resized)
    bytes_ = images[0].transpose(2, 0, 1) if kind == "colour" else np.stack([image[..., 0] for image in images])
    if not np.array_equal(values.astype(np.uint8), bytes_):
        raise AssertionError("these are not the values before their fractions were cut off")

    model = KnownModel()
    asked = [ask(model, inference, results, image, shape[1:]) for image in images]
    masks = np.stack([mask for masks, _ in asked for mask in masks])
    fixture = {
        "madeBy": "models/tools/converters/upstream/biomedparse_2d_stages.py, BiomedParse at commit 750eb40",
        "kind": kind,
        "shape": list(shape),
        **({"window": {"level": 50, "width": 400}} if kind == "ct" else {}),
        "images": {
            # If a value is a whole number except for rounding, the byte may be that number or one less; none is below
            # 0.
            "bytes": int(bytes_.astype(np.int64).sum()),
            "nearWhole": int(((np.abs(values - values.round()) < 1e-6) & (values > 0.5)).sum()),
            "at": samples(values, lambda value: float(f"{value:.9g}")),
        },
        "prompts": PROMPTS,
        "slices": [said for _, said in asked],
        "masks": samples(masks, int),
    }
    lines = [f" {json.dumps(key)}: {json.dumps(value)}" for key, value in fixture.items()]
    (FIXTURES / f"2d_{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def watched(transform) -> list[np.ndarray]:
    """Output of scikit-image's resize from now on, before upstream truncates fractions."""
    original, given = transform.resize, []
    transform.resize = lambda *values, **named: given.append(original(*values, **named)) or given[-1]
    return given


def require_same_as_read_dicom(reading, file: Path) -> None:
    """Upstream's file reader processes it like the slices of a series above."""
    image = pydicom.dcmread(file)
    ours = reading.process_intensity_image(
        image.pixel_array * float(image.RescaleSlope) + float(image.RescaleIntercept), True, SITE
    )
    if not np.array_equal(ours, reading.read_dicom(file, True, SITE)):
        raise AssertionError("upstream reads another image")


def picture() -> np.ndarray:
    row, column, channel = np.ogrid[: PICTURE[0], : PICTURE[1], :3]
    return (((row * row + 3 * column * column + 977 * row * (channel + 1)) >> 9) & 255).astype(np.uint8)


def as_read(reading, image: np.ndarray) -> np.ndarray:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "picture.png"
        Image.fromarray(image).save(file)
        return reading.read_rgb(file)


def ask(model: KnownModel, inference, results, image: np.ndarray, shape: tuple[int, int]) -> tuple[np.ndarray, dict]:
    """Masks of each prompt on the image's own pixels, and upstream's results on its 1024 × 1024."""
    if not np.array_equal(np.asarray(inference.transform(Image.fromarray(image))), image):
        raise AssertionError("upstream resizes a second time")
    model.look_at(image)
    texts = [str(n) for n in range(len(PROMPTS))]
    large = inference.interactive_infer_image(model, Image.fromarray(image), texts)
    rows, columns = shape
    top, left = max(columns - rows, 0) // 2, max(rows - columns, 0) // 2
    # Upstream returns masks in the size of its input image: here that of the padded image.
    handed = Image.new("RGB", (columns + 2 * left, rows + 2 * top))
    own = inference.interactive_infer_image(model, handed, texts)[:, top : top + rows, left : left + columns] > 0.5
    statistics = [results.mask_stats(mask * 255, image) for mask in large]
    chances = [
        results.check_mask_stats(image, mask * 255, "known", text) for mask, text in zip(large, texts, strict=True)
    ]
    combined = inference.interactive_infer_image_all(model, Image.fromarray(image), "known")
    kept = inference.non_maxima_suppression(
        dict(zip(texts, large, strict=True)), dict(zip(texts, chances, strict=True))
    )
    return own, {
        "marked": [int(mask.sum()) for mask in own],
        "statistics": [[float(f"{value:.9g}") for value in numbers] for numbers in statistics],
        "probability": [float(f"{chance:.9g}") for chance in chances],
        "kept": sorted(int(text) for text in kept),
        "combined": [int(combined[text].sum()) if text in combined else None for text in texts],
    }


def samples(values: np.ndarray, written) -> list[list]:
    """The values at 60 scattered places."""
    places = np.random.default_rng(5).integers(0, values.shape, (60, 3))
    return [[*map(int, place), written(values[tuple(place)])] for place in places]


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
