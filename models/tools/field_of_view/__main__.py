"""python -m field_of_view prepare | train | export; see README.md."""

import argparse
import dataclasses
from pathlib import Path

import torch


def main() -> None:
    parser = argparse.ArgumentParser(prog="field_of_view")
    commands = parser.add_subparsers(required=True)
    _add_prepare(commands.add_parser("prepare", help="make small copies of bodies, and find their vertebrae"))
    _add_train(commands.add_parser("train", help="start a run in a folder, or continue the one in it"))
    _add_export(commands.add_parser("export", help="write a package, measured on real series"))
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    arguments.run(arguments)


def _add_prepare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("subjects", type=Path, help="a new folder")
    parser.add_argument("--bodies", type=Path, required=True, help="output of `python -m body bodies`")
    parser.add_argument("--meshes", type=Path, required=True, help="train/body_meshes")
    parser.add_argument("--threads", type=int, default=1)
    parser.set_defaults(run=_prepare)


def _prepare(arguments: argparse.Namespace) -> None:
    from .subjects import prepare

    prepare(arguments.bodies, arguments.meshes, arguments.subjects)


def _add_train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="holds checkpoint.pt and log.jsonl")
    parser.add_argument("--subjects", type=Path, required=True, help="output of `prepare`")
    parser.add_argument("--heads", type=Path, required=True, help="train/brain_label_maps/data")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after this time")
    parser.add_argument("--checkpoint-minutes", type=float, default=4)
    parser.add_argument("--workers", type=int, default=2, help="parallel processes, one core each")
    parser.add_argument("--steps", type=int, help="last step; can be changed when continuing a run")
    parser.add_argument("--cool-down", type=int, help="steps at the end over which the learning rate falls")
    parser.add_argument("--learning-rate", type=float)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--threads", type=int, default=1)
    parser.set_defaults(run=_train)


def _train(arguments: argparse.Namespace) -> None:
    from .train import FieldOfViewPlan, Settings, run_in, train

    names = ("steps", "cool_down", "learning_rate", "seed")
    given = {name: getattr(arguments, name) for name in names if getattr(arguments, name) is not None}
    run = run_in(arguments.folder, dataclasses.replace(Settings(), **given))
    plan = FieldOfViewPlan(
        folder=arguments.folder,
        minutes=arguments.minutes,
        checkpoint_minutes=arguments.checkpoint_minutes,
        workers=arguments.workers,
        subjects=arguments.subjects,
        heads=arguments.heads,
    )
    train(run, plan)


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="folder of the run")
    parser.add_argument("package", type=Path, help="models/field-of-view: gets the graph, its manifest and a card")
    parser.add_argument("--subjects", type=Path, required=True, help="output of `prepare`")
    parser.add_argument("--heads", type=Path, required=True, help="train/brain_label_maps/data")
    parser.add_argument("--data", type=Path, required=True, help="../shared/data")
    parser.add_argument("--unpacked", type=Path, required=True, help="folder given to ../shared/data/unpack")
    parser.add_argument("--models", type=Path, required=True, help="holds body and head, whose targets get heights")
    parser.add_argument("--threads", type=int, default=1)
    parser.set_defaults(run=_export)


def _export(arguments: argparse.Namespace) -> None:
    from .atlas import region_ranges, structure_ranges
    from .card import table
    from .graph import Graph
    from .measure import measure_all
    from .package import regions_of, write_card, write_package
    from .subjects import read_subjects
    from .train import load_average

    network, step = load_average(arguments.folder)
    structures = structure_ranges(read_subjects(arguments.subjects, arguments.heads), arguments.models)
    package = arguments.package
    write_package(network, region_ranges(arguments.data / "train/body_meshes"), structures, package)
    graph = Graph(package / "model.onnx", arguments.threads)
    measured = measure_all(graph, regions_of(package), arguments.unpacked, arguments.data, arguments.subjects)
    write_card(package, step, measured)
    print(table(measured))


if __name__ == "__main__":
    main()
