"""The state of a run on disk."""

from dataclasses import asdict, fields
from pathlib import Path

import torch

from .network import ImageNetwork
from .settings import Settings

FILE = "checkpoint.pt"


def save_checkpoint(
    folder: Path, settings: Settings, step: int, network: ImageNetwork, average: ImageNetwork, optimiser
) -> None:
    """Writes a new file and then replaces the old checkpoint, so an interruption leaves one of them intact."""
    state = {
        "settings": asdict(settings),
        "step": step,
        "network": network.state_dict(),
        "average": average.state_dict(),
        "optimiser": optimiser.state_dict(),
    }
    torch.save(state, folder / f"{FILE}.new")
    (folder / f"{FILE}.new").replace(folder / FILE)


def load_checkpoint(folder: Path, device: torch.device) -> dict:
    state = torch.load(folder / FILE, map_location=device, weights_only=True)
    known = {field.name for field in fields(Settings)}
    settings = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in state["settings"].items()
        if name in known
    }
    return state | {"settings": Settings(**settings)}


def load_average(folder: Path, device: torch.device) -> tuple[ImageNetwork, Settings, int]:
    """The averaged network of a run, ready for inference, with its settings and its step."""
    state = load_checkpoint(folder, device)
    settings = state["settings"]
    network = ImageNetwork(settings.widths, settings.dimension).to(device)
    network.load_state_dict(state["average"])
    return network.eval().requires_grad_(False), settings, state["step"]
