"""The training loop of the image network: resumable, on CUDA if available, else on the CPU."""

import copy
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from .base_classes import CLASS_COUNT, CLASS_NAMES
from .checkpoint import FILE, load_checkpoint, save_checkpoint
from .generator import Generator
from .label_maps import read_label_maps, read_label_set
from .log_file import LOG_EVERY, log
from .loss import sample_voxels, sampling_limits
from .network import ImageNetwork, fixed_codes
from .no_head import MixedGenerator, NoHeadGenerator, training_bodies
from .optimiser_step import take_step
from .settings import Settings
from .shipped_weights import load_package
from .stop_signal import StopSignal
from .validate import validation_dice

VALIDATE_EVERY = 1000
MEASURED_IMAGES = 24


@dataclass
class Run:
    """A run between two steps."""

    settings: Settings
    step: int
    network: ImageNetwork
    average: ImageNetwork
    optimiser: torch.optim.Optimizer


def begin_run(
    settings: Settings, device: torch.device, package: Path | None = None, images: Iterable[torch.Tensor] = ()
) -> Run:
    """@param package whose weights the network begins with
    @param images for measuring the norms of these weights; used only with a package: see `first_images`
    """
    torch.manual_seed(settings.seed)
    network = ImageNetwork(settings.widths, settings.dimension).to(device, memory_format=torch.channels_last_3d)
    if package:
        load_package(package, network, CLASS_NAMES, images)
    average = copy.deepcopy(network).eval().requires_grad_(False)
    return Run(settings, settings.first, network, average, _optimiser(network, settings))


def first_images(settings: Settings, data: Path, device: torch.device) -> Iterator[torch.Tensor]:
    """Images like those of a run's first step, as many as measuring the norms of a network needs."""
    labels = read_label_set(data)
    maps = read_label_maps(data, labels, device, slice(0, -settings.held_out))
    generator = Generator(maps, labels, settings.shape, settings.spacing, device)
    for number in range(MEASURED_IMAGES):
        yield generator.batch((settings.seed, number), 1, settings.progress_at(settings.first))[0]


def continue_run(folder: Path, device: torch.device) -> Run:
    state = load_checkpoint(folder, device)
    run = begin_run(state["settings"], device)
    run.network.load_state_dict(state["network"])
    run.average.load_state_dict(state["average"])
    run.optimiser.load_state_dict(state["optimiser"])
    run.step = state["step"]
    return run


def _optimiser(network: ImageNetwork, settings: Settings) -> torch.optim.Optimizer:
    return torch.optim.AdamW(
        network.parameters(), lr=settings.learning_rate, betas=(0.9, 0.99), weight_decay=settings.weight_decay
    )


class Trainer:
    """Takes steps of a run."""

    def __init__(self, run: Run, generator: Generator | MixedGenerator):
        self.run = run
        self.generator = generator
        self.device = generator.device
        self.codes = fixed_codes(CLASS_COUNT, run.settings.dimension).to(self.device)
        self.limits = sampling_limits(self.device)

    def step(self) -> dict[str, float]:
        """One optimiser step; the images are derived from the run's seed and the step's number."""
        run, settings = self.run, self.run.settings
        images, classes = self.generator.batch(
            (settings.seed, run.step), settings.batch, settings.progress_at(run.step)
        )
        voxels = sample_voxels(classes, self.limits, seed=run.step)
        return take_step(run, images, voxels, self.codes)


def train(
    run: Run,
    data: Path,
    folder: Path,
    device: torch.device,
    minutes: float,
    checkpoint_minutes: float,
    bodies: Path | None = None,
) -> None:
    """Runs until the run's last step, until `minutes` are over, or until a SIGTERM or SIGINT; leaves a checkpoint each
    time.

    `log.jsonl` gets a line every 50 steps (means since the previous one) and a validation every 1000.

    @param bodies output of `python -m body bodies`, for the settings' share of images without a head
    """
    settings = run.settings
    labels = read_label_set(data)
    training = read_label_maps(data, labels, device, slice(0, -settings.held_out))
    held_out = read_label_maps(data, labels, device, slice(-settings.held_out, None))
    generator = Generator(training, labels, settings.shape, settings.spacing, device)
    if bodies is not None:
        others = NoHeadGenerator(training_bodies(bodies), generator)
        generator = MixedGenerator(generator, others, settings.without_head)
    trainer = Trainer(run, generator)
    validation = Generator(held_out, labels, settings.shape, settings.spacing, device)
    stop = StopSignal()
    started = since_log = saved = time.monotonic()
    logged = run.step
    sums: dict[str, torch.Tensor] = {}
    while run.step < settings.steps and time.monotonic() - started < 60 * minutes and not stop.received:
        for name, value in trainer.step().items():
            sums[name] = sums.get(name, 0) + value
        if run.step % LOG_EVERY == 0:
            now, steps = time.monotonic(), run.step - logged
            means = {name: round(float(value) / steps, 4) for name, value in sums.items()}
            log(folder, {"step": run.step, **means, "seconds_per_step": round((now - since_log) / steps, 3)})
            sums, since_log, logged = {}, now, run.step
        if run.step % VALIDATE_EVERY == 0:
            dice = validation_dice(run.average, trainer.codes, validation)
            log(folder, {"step": run.step, "validation_dice": dice})
            since_log = time.monotonic()
        if time.monotonic() - saved > 60 * checkpoint_minutes:
            save_checkpoint(folder, settings, run.step, run.network, run.average, run.optimiser)
            saved = time.monotonic()
    save_checkpoint(folder, settings, run.step, run.network, run.average, run.optimiser)


def run_in(
    folder: Path,
    settings: Settings,
    device: torch.device,
    package: Path | None = None,
    images: Iterable[torch.Tensor] = (),
) -> Run:
    """The run in the folder, or a new one; `package` and `images` as in `begin_run`."""
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / FILE).exists():
        return continue_run(folder, device)
    return begin_run(settings, device, package, images)
