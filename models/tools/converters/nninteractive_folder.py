"""The folder of a published nnInteractive model: plans, what it can do, and its checkpoint."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from .checkpoint import CheckpointError, open_checkpoint, tensors_of
from .nninteractive_network import Configuration
from .voxtell import ENTRY, NUMBERS_OF_NUMPY

COMPARED_WITH = "2.6.0"
"""Release of nnInteractive on PyPI that was compared. A model that needs a later one is refused."""
TRAINERS = ("nnInteractiveTrainer_stub",)
NETWORK = "dynamic_network_architectures.architectures.unet.ResidualEncoderUNet"
ARCHITECTURE = {
    "conv_op": "torch.nn.modules.conv.Conv3d",
    "conv_bias": True,
    "norm_op": "torch.nn.modules.instancenorm.InstanceNorm3d",
    "norm_op_kwargs": {"eps": 1e-05, "affine": True},
    "dropout_op": None,
    "dropout_op_kwargs": None,
    "nonlin": "torch.nn.LeakyReLU",
    "nonlin_kwargs": {"inplace": True},
}
"""The rest of the plans' arch_kwargs gives sizes."""
SIZES = {
    "n_stages",
    "features_per_stage",
    "kernel_sizes",
    "strides",
    "n_blocks_per_stage",
    "n_conv_per_stage_decoder",
}

# Defaults of `_legacy_default_capability` and `_load_capability_and_runtime_defaults` of inference_session.py.
CHANNELS = {"prev_seg": 0, "bbox2d": (1, 2), "bbox3d": (1, 2), "lasso": (1, 2), "points": (3, 4), "scribble": (5, 6)}
RADIUS, DECAY, DECAY_OF_OLDEST = 4, 0.98, 0.9
KNOWN = {
    "supported_interactions",
    "supports_initial_label",
    "supports_zero_shot_label_refinement",
    "interaction_channels",
    "channel_mapping",
    "inference_class",
    "inference_class_min_version",
    "point_radius",
    "preferred_scribble_thickness",
    "interaction_decay",
    "pad_mode_image",
}


@dataclass(frozen=True)
class Prompts:
    """Channels of the prompts, and how clicks are drawn.

    channels  their number
    mask      the channel of the mask so far
    clicks    the channels of clicks on what is part of the structure, and on what is not
    radius    of the ball that marks a click, in voxels
    decay     how much less a click counts with each further one
    """

    channels: int
    mask: int
    clicks: tuple[int, int]
    radius: int
    decay: float


@dataclass(frozen=True)
class ModelFolder:
    """licence  the text that came with the weights; official  whether they are those that its authors publish"""

    checkpoint: Path
    configuration: Configuration
    prompts: Prompts
    state: dict[str, torch.Tensor]
    licence: Path | None
    official: bool


def read_folder(folder: Path) -> ModelFolder:
    """@raises CheckpointError, also for what this converter does not know"""
    plans, dataset = (_read_json(folder / name) for name in ("plans.json", "dataset.json"))
    if len(dataset.get("channel_names", dataset.get("modality", {}))) != 1:
        raise CheckpointError("dataset.json does not name one kind of image: only such models are known")
    prompts = read_prompts(folder)
    found = sorted(folder.glob("fold_*/checkpoint_final.pth"))
    if len(found) != 1:
        raise CheckpointError(f"{folder} has {len(found)} files fold_*/checkpoint_final.pth instead of one")
    (checkpoint,) = found
    with torch.serialization.safe_globals(NUMBERS_OF_NUMPY):
        content = open_checkpoint(checkpoint)
    state = tensors_of(content, checkpoint, ENTRY)
    trainer = content.get("trainer_name")
    if trainer not in TRAINERS:
        raise CheckpointError(f"{checkpoint.name} was trained by {trainer}, whose network is not known")
    name = content.get("init_args", {}).get("configuration")
    licence = folder / "LICENSE"
    return ModelFolder(
        checkpoint=checkpoint,
        configuration=read_configuration(plans, name, 1 + prompts.channels),
        prompts=prompts,
        state=state,
        licence=licence if licence.exists() else None,
        # As `_is_official_checkpoint` of inference_session.py has it.
        official=(plans.get("dataset_name"), name) == ("Dataset225_nnInteractiveV2", "3d_fullres_ps192_bs24"),
    )


def read_configuration(plans: Mapping, name: str | None, channels: int) -> Configuration:
    """@raises CheckpointError"""
    found = _resolved(plans.get("configurations", {}), name)
    architecture = found.get("architecture", {})
    if architecture.get("network_class_name") != NETWORK:
        raise CheckpointError(f"plans.json names the network {architecture.get('network_class_name')}, not {NETWORK}")
    sizes = dict(architecture.get("arch_kwargs", {}))
    for key, known in ARCHITECTURE.items():
        if sizes.pop(key, None) != known:
            raise CheckpointError(f"plans.json has another {key} than {known}")
    if sizes.keys() != SIZES:
        raise CheckpointError(f"plans.json describes the network by {', '.join(sorted(sizes.keys() ^ SIZES))} too")
    stages = sizes["n_stages"]
    halving = [[1, 1, 1], *[[2, 2, 2]] * (stages - 1)]
    for key, known in (
        ("kernel_sizes", [[3, 3, 3]] * stages),
        ("strides", halving),
        ("n_conv_per_stage_decoder", [1] * (stages - 1)),
    ):
        if sizes[key] != known:
            raise CheckpointError(f"plans.json has other {key} than {known}")
    window = tuple(found.get("patch_size", ()))
    if len(window) != 3 or any(length % 2 ** (stages - 1) for length in window):
        raise CheckpointError(f"plans.json has a patch_size {list(window)} that {stages} scales cannot halve")
    return Configuration(
        widths=tuple(sizes["features_per_stage"]),
        blocks=tuple(sizes["n_blocks_per_stage"]),
        channels=channels,
        window=window,
    )


def _resolved(configurations: Mapping, name: str | None) -> dict:
    """A configuration with what it inherits."""
    own = configurations.get(name)
    if own is None:
        raise CheckpointError(f"plans.json has no configuration {name!r}, which the checkpoint names")
    base = own.get("inherits_from")
    return {**(_resolved(configurations, base) if base else {}), **own}


def read_prompts(folder: Path) -> Prompts:
    """@raises CheckpointError"""
    modern, legacy = folder / "inference_info.json", folder / "inference_session_class.json"
    file = modern if modern.exists() else legacy
    # The oldest models have the name of a class there and nothing else.
    given = _read_json(file, str) if file == legacy else _read_json(file)
    if isinstance(given, str):
        given = {"interaction_decay": DECAY_OF_OLDEST}
    if given.get("pad_mode_image", "constant") != "constant":
        raise CheckpointError(f"{file.name} pads images by {given['pad_mode_image']}, not by a constant")
    if file == modern:
        _require_known(given)
    # Upstream reads the rest of a legacy file from its defaults.
    capability = given if file == modern else {}
    channels = {**CHANNELS, **capability.get("channel_mapping", {})}
    places = [place for pair in channels.values() for place in (pair if isinstance(pair, (list, tuple)) else [pair])]
    count = capability["interaction_channels"] + 1 if "interaction_channels" in capability else _inferred(places)
    positive, negative = (place % count for place in channels["points"])
    return Prompts(
        channels=count,
        mask=channels["prev_seg"] % count,
        clicks=(positive, negative),
        radius=given.get("point_radius", RADIUS),
        decay=given.get("interaction_decay", DECAY),
    )


def _inferred(places: list[int]) -> int:
    """Negative places count from the end."""
    return max(1, *(place + 1 if place >= 0 else -place for place in places))


def _require_known(given: Mapping) -> None:
    unknown = sorted(given.keys() - KNOWN)
    if unknown:
        raise CheckpointError(f"inference_info.json has {', '.join(unknown)}, which this converter does not know")
    session = given.get("inference_class", "nnInteractiveInferenceSession")
    if session != "nnInteractiveInferenceSession":
        raise CheckpointError(f"inference_info.json needs {session}, which this converter does not know")
    needed = given.get("inference_class_min_version") or COMPARED_WITH
    if _numbers(needed) > _numbers(COMPARED_WITH):
        raise CheckpointError(f"inference_info.json needs nnInteractive {needed}; {COMPARED_WITH} was compared")
    if not given.get("supported_interactions", {}).get("points", True) or not given.get("supports_initial_label", True):
        raise CheckpointError("The model takes no clicks, or none on a mask that is there")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def _read_json(path: Path, *other: type) -> Any:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CheckpointError(f"{path.name} is missing next to the checkpoint: download the whole folder") from error
    except ValueError as error:
        raise CheckpointError(f"{path.name} is not JSON") from error
    if not isinstance(content, (dict, *other)):
        raise CheckpointError(f"{path.name} is not an object")
    return content
