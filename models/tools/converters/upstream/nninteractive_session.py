"""Writes the fixtures for testing how the server follows clicks, in
server/src/segmenter/families/nninteractive/testing/.

    python upstream/nninteractive_session.py        (with nnInteractive 2.6.0 of PyPI and what it requires)

Upstream's own session follows clicks on a synthetic image: once with a function known to this file and the test in
place of its network (known.json), and once with the small random network of tests/tiny_nninteractive.py, opened from
its folder (network.json). Upstream draws some windows at random; here it draws the numbers that the server has.
"""

import base64
import json
import sys
import tempfile
import zlib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from nnInteractive.inference.inference_session import nnInteractiveInferenceSession
from nnInteractive.interaction.point import PointInteraction_stub
from nnInteractive.utils import bboxes
from tiny_nninteractive import CONFIGURATION, write_folder

FIXTURES = (
    Path(__file__).resolve().parents[4] / "server" / "src" / "segmenter" / "families" / "nninteractive" / "testing"
)
SIZE = (140, 84, 64)
"""Columns, rows, slices."""
SAMPLES = 6
BAR, BALL, CORNER = (70, 36, 28), (126, 12, 9), (137, 81, 61)
SCENES = [
    # The bar is longer than the window; what is dark in a corner of the image is marked by the click alone.
    {"name": "from nothing", "before": False, "clicks": [(BAR, True), (CORNER, True), ((40, 33, 25), False)]},
    {"name": "on a mask", "before": True, "clicks": [((20, 30, 22), True), (BAR, False), ((100, 40, 32), True)]},
]


def image() -> np.ndarray:
    """int16 [slices, rows, columns]: a bright bar and ball, between zeros at the border."""
    k, j, i = np.indices(SIZE[::-1])
    bar = (8 * j - 224 - i) ** 2 + (8 * k - 160 - i) ** 2 < 72**2
    ball = (i - BALL[0]) ** 2 + (j - BALL[1]) ** 2 + (k - BALL[2]) ** 2 < 49
    bright = (bar & (i >= 4) & (i < 136)) | ball
    values = np.where(bright, 180, 20) + (i * 7 + j * 13 + k * 5) % 11
    values[[0, -1]] = values[:, [0, -1]] = values[:, :, [0, -1]] = 0
    return values.astype(np.int16)


def mask_before() -> np.ndarray:
    """uint8 [slices, rows, columns]: a part of the bar, and more beside it."""
    k, j, i = np.indices(SIZE[::-1])
    return ((i >= 60) & (i < 84) & (abs(j - 40) < 12) & (abs(k - 30) < 7)).astype(np.uint8)


class KnownNetwork(torch.nn.Module):
    """Logits that depend on the values at the voxel alone."""

    def forward(self, seen: torch.Tensor) -> torch.Tensor:
        picture, mask, part, other = seen[0, 0], seen[0, 1], seen[0, 4], seen[0, 5]
        part_of_it = 1.5 * picture + 0.5 * mask + 4 * part - 12 * other - 1.2
        return torch.stack([torch.zeros_like(part_of_it), part_of_it])[None]


def known_session() -> nnInteractiveInferenceSession:
    session = new_session()
    session.network = KnownNetwork()
    session.configuration_manager = SimpleNamespace(patch_size=list(CONFIGURATION.window))
    session.interaction_decay, session.pad_mode_data = 0.98, "constant"
    session.point_interaction = PointInteraction_stub(4, True)
    session._apply_capability({})
    return session


def random_session() -> nnInteractiveInferenceSession:
    session = new_session()
    with tempfile.TemporaryDirectory() as scratch:
        folder = write_folder(Path(scratch) / "model")
        session.initialize_from_trained_model_folder(str(folder))
    return session


def new_session() -> nnInteractiveInferenceSession:
    return nnInteractiveInferenceSession(torch.device("cpu"), torch_n_threads=2, enable_undo=False)


def follow(session: nnInteractiveInferenceSession, scene: dict) -> dict:
    """The steps of a scene, recorded."""
    voxels = image()
    session.set_image(voxels[None])
    target = torch.zeros(voxels.shape, dtype=torch.uint8)
    session.set_target_buffer(target)
    session._finish_preprocessing_and_initialize_interactions()
    if scene["before"]:
        session.add_initial_seg_interaction(mask_before())
    recorded = {"name": scene["name"], "before": scene["before"], "clicks": []}
    for (i, j, k), part in scene["clicks"]:
        step = {"voxel": [i, j, k], "part": part, "views": [], "windows": []}
        with recording(session, step):
            changed = session.add_point_interaction((k, j, i), part)
        step["block"] = {
            "first": [low for low, _ in changed[::-1]],
            "size": [high - low for low, high in changed[::-1]],
        }
        step["marked"] = int(target.sum())
        step["mask"] = packed(target.numpy())
        recorded["clicks"].append(step)
    return recorded


class recording:  # noqa: N801
    """Notes what a session shows its network, and which windows it plans, in a step."""

    def __init__(self, session: nnInteractiveInferenceSession, step: dict):
        self.session, self.step = session, step

    def __enter__(self) -> None:
        session, step = self.session, self.step
        build, plan = session._build_network_input, session._plan_refinement_bboxes

        def built(center: list[int], zoom: float) -> tuple:
            seen, *rest = build(center, zoom)
            with torch.inference_mode():
                logits = session.network(seen[None])[0]
            step["views"].append({"zoom": zoom, **described(seen.numpy(), (logits[1] - logits[0]).numpy())})
            return seen, *rest

        def planned(*given: object) -> list:
            windows = plan(*given)
            step["windows"] = [[low for low, _ in window[::-1]] for window in windows]
            return windows

        session._build_network_input, session._plan_refinement_bboxes = built, planned

    def __exit__(self, *_: object) -> None:
        del self.session._build_network_input, self.session._plan_refinement_bboxes


def described(seen: np.ndarray, logits: np.ndarray) -> dict:
    """Sums of the channels, and [channel, x, y, z, value] at scattered places and where clicks are drawn; the logits
    at the same places are the last channel.
    """
    generator = np.random.RandomState(3)
    places = list(generator.randint(0, seen.shape[1:], (SAMPLES, 3)))
    drawn = np.argwhere(seen[1:].sum(0) - seen[1] > 0)
    if len(drawn):
        places += list(drawn[generator.randint(0, len(drawn), SAMPLES)])
    channels = [*seen, logits]
    return {
        "sums": [round(float(channel.astype(np.float64).sum()), 4) for channel in channels],
        "samples": [
            [c, *map(int, place[::-1]), float(f"{channel[tuple(place)]:.7g}")]
            for place in places
            for c, channel in enumerate(channels)
            if c in (0, 1, 4, 5, len(channels) - 1)
        ],
    }


def packed(mask: np.ndarray) -> str:
    """Bits of a mask [slices, rows, columns] as the server has them, deflated, in Base64."""
    return base64.b64encode(zlib.compress(np.packbits(mask.ravel(), bitorder="little").tobytes(), 9)).decode()


def draw_like_the_server() -> None:
    """mulberry32 with the seed of refinementWindows.ts, from its start for each search."""
    state = 0

    def number() -> float:
        nonlocal state
        state = (state + 0x6D2B79F5) & 0xFFFFFFFF
        t = ((state ^ (state >> 15)) * (1 | state)) & 0xFFFFFFFF
        t = ((t + (((t ^ (t >> 7)) * (61 | t)) & 0xFFFFFFFF)) & 0xFFFFFFFF) ^ t
        return (t ^ (t >> 14)) / 2**32

    draw_the_rest = bboxes.random_sampling_fallback

    def from_the_start(*given: object) -> list:
        nonlocal state
        state = 1
        return draw_the_rest(*given)

    bboxes.random_sampling_fallback = from_the_start
    np.random.choice = lambda count: int(number() * count)


def write(name: str, session: nnInteractiveInferenceSession) -> None:
    scenes = [follow(session, scene) for scene in SCENES]
    fixture = {
        "madeBy": "models/tools/converters/upstream/nninteractive_session.py, nnInteractive 2.6.0 of PyPI",
        "scenes": scenes,
    }
    FIXTURES.mkdir(parents=True, exist_ok=True)
    (FIXTURES / f"{name}.json").write_text(json.dumps(fixture, indent=1) + "\n", encoding="utf-8")
    for scene in scenes:
        for step in scene["clicks"]:
            zooms = [view["zoom"] for view in step["views"]]
            print(name, scene["name"], step["voxel"], zooms, len(step["windows"]), step["marked"])


if __name__ == "__main__":
    draw_like_the_server()
    torch.set_num_threads(2)
    write("known", known_session())
    write("network", random_session())
