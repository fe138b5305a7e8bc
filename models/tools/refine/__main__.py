"""python -m refine train | clicks; see README.md."""

import argparse
import json
from pathlib import Path

import torch

from .settings import Settings


def main() -> None:
    parser = argparse.ArgumentParser(prog="refine")
    commands = parser.add_subparsers(required=True)
    _add_train(commands.add_parser("train", help="start a run in a folder, or continue the one in it"))
    _add_clicks(commands.add_parser("clicks", help="measure a run on scans that test/benchmarks/clicks.mjs wrote"))
    arguments = parser.parse_args()
    arguments.run(arguments)


def _add_train(parser: argparse.ArgumentParser) -> None:
    defaults = Settings()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--heads", type=Path, required=True, help="train/brain_label_maps/data")
    parser.add_argument("--bodies", type=Path, required=True, help="output of `python -m body bodies`")
    parser.add_argument("--steps", type=int, default=defaults.steps)
    parser.add_argument("--cool-down", type=int, default=defaults.cool_down)
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--checkpoint-minutes", type=float, default=4)
    parser.add_argument("--workers", type=int, default=2, help="one core each")
    parser.set_defaults(run=_train)


def _train(arguments: argparse.Namespace) -> None:
    import dataclasses

    from .run import run_in
    from .train import RefinePlan, train

    torch.set_num_threads(1)
    run = run_in(arguments.folder, Settings())
    run.settings = dataclasses.replace(run.settings, steps=arguments.steps, cool_down=arguments.cool_down)
    plan = RefinePlan(
        folder=arguments.folder,
        minutes=arguments.minutes,
        checkpoint_minutes=arguments.checkpoint_minutes,
        workers=arguments.workers,
        heads=arguments.heads,
        bodies=arguments.bodies,
    )
    train(run, plan)


def _add_clicks(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="of the run")
    parser.add_argument("scan", type=Path, help="a folder with the scan and its masks: clicks.read_request")
    parser.add_argument("--threads", type=int, default=2)
    parser.set_defaults(run=_clicks)


def _clicks(arguments: argparse.Namespace) -> None:
    from .clicks import read_request, rows
    from .run import load_average

    torch.set_num_threads(arguments.threads)
    network, _ = load_average(arguments.folder)
    for row in rows(*read_request(arguments.scan), network):
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
