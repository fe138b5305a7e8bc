"""A training run, and its state on disk."""

import copy
from dataclasses import dataclass
from pathlib import Path

import torch

from body.muon import Muon
from body.run import FILE, load_checkpoint, restore

from .network import RefineNetwork
from .settings import Settings


@dataclass
class Run:
    """A run between two steps."""

    settings: Settings
    step: int
    network: RefineNetwork
    average: RefineNetwork
    optimiser: torch.optim.Optimizer


def begin_run(settings: Settings) -> Run:
    torch.manual_seed(settings.seed)
    network = RefineNetwork(settings.widths).to(memory_format=torch.channels_last_3d)
    optimiser = Muon(network.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay)
    return Run(settings, 0, network, copy.deepcopy(network).eval().requires_grad_(False), optimiser)


def continue_run(folder: Path) -> Run:
    state = load_checkpoint(folder, Settings)
    run = begin_run(state["settings"])
    restore(run, state)
    return run


def run_in(folder: Path, settings: Settings) -> Run:
    """The run in the folder, or a new one."""
    folder.mkdir(parents=True, exist_ok=True)
    return continue_run(folder) if (folder / FILE).exists() else begin_run(settings)


def load_average(folder: Path) -> tuple[RefineNetwork, int]:
    """The averaged network of a run, ready for inference, and its step."""
    state = load_checkpoint(folder, Settings)
    network = RefineNetwork(state["settings"].widths)
    network.load_state_dict(state["average"])
    return network.eval().requires_grad_(False), state["step"]
