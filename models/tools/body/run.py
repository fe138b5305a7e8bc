"""A training run, and its state on disk."""

import copy
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import torch

from training.shipped_weights import load_package

from .labels import CLASS_NAMES
from .muon import Muon
from .network import BodyNetwork, scaled
from .settings import Settings

FILE = "checkpoint.pt"


@dataclass
class Run:
    """A run between two steps."""

    settings: Settings
    step: int
    network: BodyNetwork
    average: BodyNetwork
    optimiser: torch.optim.Optimizer


def begin_run(settings: Settings, package: Path | None = None, images: Iterable[torch.Tensor] = ()) -> Run:
    """@param package whose weights the network begins with
    @param images float32 [x, y, z], HU, for measuring the norms of these weights; used only with a package
    """
    torch.manual_seed(settings.seed)
    network = BodyNetwork(settings.widths, settings.dimension).to(memory_format=torch.channels_last_3d)
    if package:
        load_package(package, network, CLASS_NAMES, (scaled(image)[None, None] for image in images))
    optimiser = Muon(network.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay)
    return Run(settings, settings.first, network, copy.deepcopy(network).eval().requires_grad_(False), optimiser)


def load_checkpoint(folder: Path, settings_type: type = Settings) -> dict:
    state = torch.load(folder / FILE, map_location="cpu", weights_only=True)
    known = {field.name for field in fields(settings_type)}
    settings = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in state["settings"].items()
        if name in known
    }
    return state | {"settings": settings_type(**settings)}


def continue_run(folder: Path) -> Run:
    state = load_checkpoint(folder)
    run = begin_run(state["settings"])
    restore(run, state)
    return run


def restore(run: Run, state: dict) -> None:
    """Sets a new run to the state of a checkpoint."""
    run.network.load_state_dict(state["network"])
    run.average.load_state_dict(state["average"])
    run.optimiser.load_state_dict(state["optimiser"])
    run.step = state["step"]


def load_average(folder: Path) -> tuple[BodyNetwork, Settings, int]:
    """The averaged network of a run, ready for inference, with its settings and its step."""
    state = load_checkpoint(folder)
    network = BodyNetwork(state["settings"].widths, state["settings"].dimension)
    network.load_state_dict(state["average"])
    return network.eval().requires_grad_(False), state["settings"], state["step"]


def save_checkpoint(folder: Path, run: Run) -> None:
    """Writes a new file and then replaces the old checkpoint, so an interruption leaves one of them intact."""
    state = {
        "settings": asdict(run.settings),
        "step": run.step,
        "network": run.network.state_dict(),
        "average": run.average.state_dict(),
        "optimiser": run.optimiser.state_dict(),
    }
    torch.save(state, folder / f"{FILE}.new")
    (folder / f"{FILE}.new").replace(folder / FILE)


def average_runs(folders: list[Path], folder: Path) -> None:
    """Writes the state of the last run with the mean of the averaged weights of all: states of one run, at several
    steps."""
    states = [torch.load(own / FILE, map_location="cpu", weights_only=True) for own in folders]
    mean = {name: sum(state["average"][name] for state in states) / len(states) for name in states[-1]["average"]}
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(states[-1] | {"average": mean, "averaged": [state["step"] for state in states]}, folder / FILE)


def run_in(folder: Path, settings: Settings, package: Path | None = None, images: Iterable[torch.Tensor] = ()) -> Run:
    """The run in the folder, or a new one; `package` and `images` as in `begin_run`."""
    folder.mkdir(parents=True, exist_ok=True)
    return continue_run(folder) if (folder / FILE).exists() else begin_run(settings, package, images)
