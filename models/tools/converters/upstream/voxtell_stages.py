"""Writes the fixture for testing the server's processing of an image, in
server/src/segmenter/families/voxtell/testing/.

    python upstream/voxtell_stages.py UPSTREAM SERIES NAME PROMPTS

UPSTREAM is a checkout of github.com/MIC-DKFZ/VoxTell with the requirements of its pyproject.toml, SERIES a folder with
one series of DICOM images, NAME the fixture's name. Upstream's own functions do every step; a function known to this
file and the test replaces its network.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from sat_stages import SAMPLES, to_json, write_nifti

FIXTURES = Path(__file__).resolve().parents[4] / "server" / "src" / "segmenter" / "families" / "voxtell" / "testing"
WINDOW = (192, 192, 192)


def main(upstream: Path, series: Path, name: str, prompts: int) -> None:
    sys.path.insert(0, str(upstream))
    from nnunetv2.imageio.nibabel_reader_writer import NibabelIOWithReorient
    from nnunetv2.preprocessing.normalization.default_normalization_schemes import ZScoreNormalization
    from voxtell.inference import predictor as code

    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder) / "image.nii.gz"
        write_nifti(series, image)
        read, properties = NibabelIOWithReorient().read_images([str(image)])
    predictor = code.VoxTellPredictor.__new__(code.VoxTellPredictor)
    predictor.normalization = ZScoreNormalization(intensityproperties={})
    predictor.device, predictor.patch_size = torch.device("cpu"), list(WINDOW)
    predictor.tile_step_size, predictor.perform_everything_on_device = 0.5, True
    predictor.network = KnownNetwork()
    data, box, whole = predictor.preprocess(read)
    padded = [max(length, side) for length, side in zip(data.shape[1:], WINDOW, strict=True)]
    before = [(full - length) // 2 for full, length in zip(padded, data.shape[1:], strict=True)]
    starts = [
        [part.start - first for part, first in zip(window[1:], before, strict=True)][::-1]
        for window in predictor._internal_get_sliding_window_slicers(padded)
    ]
    embeddings = torch.arange(prompts).float().reshape(1, prompts, 1)
    weights = (
        code.compute_gaussian(WINDOW, sigma_scale=1 / 8, value_scaling_factor=10, device=predictor.device)
        .float()
        .numpy()
    )
    marked = predictor.predict_single_image(read, text_embeddings=embeddings)
    # The same with windows summed in float32, to show the effect of upstream's float16.
    torch.half = torch.float32
    exact = predictor.predict_sliding_window_return_logits(data, embeddings)
    fixture = {
        "madeBy": "models/tools/converters/upstream/voxtell_stages.py, VoxTell at commit 8ef0332",
        "turned": {
            "size": list(whole[::-1]),
            "voxelToRas": np.asarray(properties["nibabel_stuff"]["reoriented_affine"]).ravel(),
        },
        "crop": {"first": [int(low) for low, _ in box][::-1], "size": list(data.shape[:0:-1])},
        "normalised": {"samples": samples(data[0].numpy())},
        "windows": starts,
        "weights": {
            "samples": samples(weights),
            "sum": float(weights.astype(np.float64).sum()),
            "least": float(weights.min()),
        },
        "logits": {"samples": samples(exact[0].numpy())},
        "marked": [int(mask.sum()) for mask in marked],
        "markedInFloat32": [[int(count) for count in (logits > 0).sum((1, 2))] for logits in exact.numpy()],
    }
    FIXTURES.mkdir(parents=True, exist_ok=True)
    (FIXTURES / f"{name}.json").write_text(to_json(fixture), encoding="utf-8")


class KnownNetwork(torch.nn.Module):
    """Logits that depend on the voxel and its position in the window."""

    def forward(self, image: torch.Tensor, text_embeddings: torch.Tensor) -> torch.Tensor:
        z, y, x = (torch.arange(n).float() for n in image.shape[2:])
        place = (
            torch.sin(0.31 * z)[:, None, None] + torch.cos(0.07 * y)[None, :, None] + torch.sin(0.11 * x)[None, None, :]
        )
        return torch.stack([(image[0, 0] - 0.4 + 0.3 * n) * 1.5 + place for n in text_embeddings[0, :, 0]])[None]


def samples(voxels: np.ndarray) -> list[list[float]]:
    """[x, y, z, value] of voxels [z, y, x] at scattered positions, including the last of every axis."""
    places = np.random.default_rng(1).integers(0, voxels.shape, (SAMPLES, 3))
    places[:3] = [[n - 1 for n in voxels.shape], [0, 0, 0], [n // 2 for n in voxels.shape]]
    return [[*map(int, place[::-1]), float(voxels[tuple(place)])] for place in places]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
