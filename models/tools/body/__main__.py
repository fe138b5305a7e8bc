"""python -m body bodies | train | evaluate | average | export | int8 | demo-study; see README.md."""

import argparse
import dataclasses
import json
from pathlib import Path

import torch

from .settings import Settings

GOLDEN_BODY = (2027, 1)
"""Seed of the body of the self-test. Training bodies have the seeds (2026, 0), (2026, 1), …"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="body")
    commands = parser.add_subparsers(required=True)
    _add_bodies(commands.add_parser("bodies", help="build bodies from the meshes and write them to a folder"))
    _add_train(commands.add_parser("train", help="start a run in a folder, or continue the one in it"))
    _add_evaluate(commands.add_parser("evaluate", help="measure a run or a package on real CT with silver labels"))
    _add_average(commands.add_parser("average", help="average a run's weights at several steps"))
    _add_export(commands.add_parser("export", help="write a model package of the classes with sufficient accuracy"))
    _add_int8(commands.add_parser("int8", help="make the int8 graph of a model package"))
    _add_demo_study(commands.add_parser("demo-study", help="write voxels and truth of the CT in dicom-fixtures"))
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    arguments.run(arguments)


def _add_bodies(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="output: body-0000.npy, …; existing ones stay")
    parser.add_argument("--data", type=Path, required=True, help="train/body_meshes")
    parser.add_argument("--count", type=int, default=80)
    parser.add_argument("--threads", type=int, default=1)
    parser.set_defaults(run=_bodies)


def _bodies(arguments: argparse.Namespace) -> None:
    from .bodies import build_body
    from .images import write_body
    from .shapes import read_anatomy

    arguments.folder.mkdir(parents=True, exist_ok=True)
    anatomy = read_anatomy(arguments.data)
    for number in range(arguments.count):
        path = arguments.folder / f"body-{number:04d}.npy"
        if not path.exists():
            write_body(build_body(anatomy, (2026, number)), path)


def _add_train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="holds checkpoint.pt and log.jsonl")
    parser.add_argument("--bodies", type=Path, required=True, help="output of `bodies`")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after this time")
    parser.add_argument("--checkpoint-minutes", type=float, default=4)
    parser.add_argument("--workers", type=int, default=2, help="parallel processes, one core each")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--from", type=Path, dest="package", help="new runs: model package whose weights to continue")
    parser.add_argument("--first", type=int, help="new runs: first step, the step of the package")
    parser.add_argument("--learning-rate", type=float)
    parser.add_argument("--steps", type=int, help="last step; can be changed when continuing a run")
    parser.add_argument("--cool-down", type=int, help="steps at the end over which the learning rate falls")
    parser.add_argument(
        "--stage",
        type=float,
        nargs=5,
        action="append",
        metavar=("FIRST", "MM", "X", "Y", "Z"),
        help="spacing and voxels of examples from step FIRST on; once per stage",
    )
    parser.set_defaults(run=_train)


def _train(arguments: argparse.Namespace) -> None:
    from .images import first_images
    from .run import run_in
    from .train import BodyPlan, train

    names = ("learning_rate", "steps", "cool_down")
    lasting = {name: getattr(arguments, name) for name in names if getattr(arguments, name) is not None}
    if arguments.stage:
        lasting["stages"] = tuple((int(f), mm, (int(x), int(y), int(z))) for f, mm, x, y, z in arguments.stage)
    settings = dataclasses.replace(Settings(), first=arguments.first or 0, **lasting)
    run = run_in(arguments.folder, settings, arguments.package, first_images(arguments.bodies, settings))
    run.settings = dataclasses.replace(run.settings, **lasting)
    plan = BodyPlan(
        folder=arguments.folder,
        minutes=arguments.minutes,
        checkpoint_minutes=arguments.checkpoint_minutes,
        workers=arguments.workers,
        bodies=arguments.bodies,
    )
    train(run, plan)


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="folder of the run, or a new one: gets evaluation.json and .md")
    parser.add_argument(
        "--scan",
        nargs=3,
        action="append",
        required=True,
        metavar=("NAME", "IMAGE", "LABELS"),
        help="NIfTI files on one grid; the labels have TotalSegmentator's numbers; once for each scan",
    )
    parser.add_argument("--package", type=Path, help="measure this model package by its ONNX graphs instead of the run")
    parser.add_argument("--int8", action="store_true", help="by its int8 graph")
    parser.add_argument("--threads", type=int, default=2)
    parser.set_defaults(run=_evaluate)


def _evaluate(arguments: argparse.Namespace) -> None:
    from .evaluate import as_table, evaluate, network_of_package, network_of_run
    from .run import load_average
    from .silver import read_silver_scan

    if arguments.package:
        network, spacing, what = network_of_package(arguments.package, arguments.threads, arguments.int8)
    else:
        average, settings, step = load_average(arguments.folder)
        network, spacing, what = network_of_run(average, settings.dimension), settings.spacing, f"step {step}"
    scans = [read_silver_scan(name, Path(image), Path(labels)) for name, image, labels in arguments.scan]
    result = {"measured": what, "scans": evaluate(network, spacing, scans)}
    arguments.folder.mkdir(parents=True, exist_ok=True)
    (arguments.folder / "evaluation.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    table = f"{what}\n\n{as_table(result['scans'])}"
    (arguments.folder / "evaluation.md").write_text(table, encoding="utf-8")
    print(table)


def _add_average(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="a new folder, which evaluate and export accept like a run's")
    parser.add_argument(
        "runs", type=Path, nargs="+", help="folders with copies of a run's checkpoint.pt, last one last"
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.set_defaults(run=_average)


def _average(arguments: argparse.Namespace) -> None:
    from .run import average_runs

    average_runs(arguments.runs, arguments.folder)


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="folder of the run, after evaluate")
    parser.add_argument("package", type=Path, help="a new folder")
    parser.add_argument("--data", type=Path, required=True, help="train/body_meshes: source of the self-test's body")
    parser.add_argument("--bodies", type=Path, required=True, help="output of `bodies`, to calibrate the int8 graph")
    parser.add_argument("--threads", type=int, default=2)
    parser.set_defaults(run=_export)


def _export(arguments: argparse.Namespace) -> None:
    from .bodies import build_body
    from .images import read_bodies
    from .package import Trained, write_package
    from .run import load_average, load_checkpoint
    from .shapes import read_anatomy

    network, settings, step = load_average(arguments.folder)
    evaluation = json.loads((arguments.folder / "evaluation.json").read_text(encoding="utf-8"))
    if evaluation["measured"] != f"step {step}":
        raise SystemExit(f"evaluation.json is of {evaluation['measured']}, the run is at step {step}. Evaluate again.")
    body = build_body(read_anatomy(arguments.data), GOLDEN_BODY)
    averaged = tuple(load_checkpoint(arguments.folder).get("averaged", ()))
    trained = Trained(network, settings, step, evaluation["scans"], averaged)
    write_package(trained, body, read_bodies(arguments.bodies), arguments.package, arguments.threads)


def _add_int8(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("package", type=Path, help="of the family text-query, trained on bodies")
    parser.add_argument("--bodies", type=Path, required=True, help="output of `bodies`, to calibrate with")
    parser.add_argument("--threads", type=int, default=2)
    parser.set_defaults(run=_int8)


def _int8(arguments: argparse.Namespace) -> None:
    from int8.package import add_int8_graph

    from .images import read_bodies
    from .package import VERSION, calibration_images

    add_int8_graph(arguments.package, calibration_images(read_bodies(arguments.bodies), Settings().spacing), VERSION)


def _add_demo_study(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="a new folder, for `npm run generate-trunk`")
    parser.add_argument("--data", type=Path, required=True, help="train/body_meshes")
    parser.add_argument("--threads", type=int, default=2)
    parser.set_defaults(run=_demo_study)


def _demo_study(arguments: argparse.Namespace) -> None:
    from .bodies import build_body
    from .demo_study import BODY, write_demo_study
    from .shapes import read_anatomy

    write_demo_study(build_body(read_anatomy(arguments.data), BODY), arguments.folder)


if __name__ == "__main__":
    main()
