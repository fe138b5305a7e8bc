"""python -m training train | evaluate | contrasts | no-head | text | export | int8 | head-study; see README.md."""

import argparse
import dataclasses
import json
from pathlib import Path

import torch

from .settings import Settings


def main() -> None:
    parser = argparse.ArgumentParser(prog="training")
    commands = parser.add_subparsers(required=True)
    _add_train(commands.add_parser("train", help="start a run in a folder, or continue the one in it"))
    _add_evaluate(commands.add_parser("evaluate", help="measure a run on the real scan, next to brainchop's MeshNets"))
    _add_contrasts(commands.add_parser("contrasts", help="measure a run on the same synthetic heads in five contrasts"))
    _add_no_head(commands.add_parser("no-head", help="measure what a run finds in images without a head"))
    _add_text(commands.add_parser("text", help="train the text encoder on the table of anatomy, and measure it"))
    _add_export(commands.add_parser("export", help="write a model package"))
    _add_int8(commands.add_parser("int8", help="make the int8 graph of a model package"))
    _add_head_study(
        commands.add_parser(
            "head-study", help="make the voxels and the truth of the synthetic head MR study of dicom-fixtures/"
        )
    )
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    arguments.run(arguments)


def _device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _add_train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="holds checkpoint.pt and log.jsonl")
    parser.add_argument("--bodies", type=Path, help="output of `python -m body bodies`: some images show no head")
    parser.add_argument("--data", type=Path, required=True, help="train/brain_label_maps/data")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after this time")
    parser.add_argument("--checkpoint-minutes", type=float, default=4)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--from", type=Path, dest="package", help="new runs: model package whose weights to continue")
    parser.add_argument("--first", type=int, help="new runs: first step, the step of the package")
    parser.add_argument("--batch", type=int, help="new runs: 1 suits a CPU, 4 or more a GPU")
    parser.add_argument("--widths", type=int, nargs="+", help="new runs: channels of each level")
    parser.add_argument("--shape", type=int, nargs=3, help="new runs: voxels of an example")
    parser.add_argument("--learning-rate", type=float)
    parser.add_argument("--steps", type=int, help="last step; can be changed when continuing a run")
    parser.add_argument("--cool-down", type=int, help="steps at the end over which the learning rate falls")
    parser.add_argument("--curriculum", type=int, help="steps until all contrasts are in use")
    parser.set_defaults(run=_train)


def _train(arguments: argparse.Namespace) -> None:
    from .train import first_images, run_in, train

    lasting = _given(arguments, "learning_rate", "steps", "cool_down", "curriculum")
    settings = dataclasses.replace(Settings(), **_given(arguments, "batch", "widths", "shape", "first"), **lasting)
    images = first_images(settings, arguments.data, _device())
    run = run_in(arguments.folder, settings, _device(), arguments.package, images)
    run.settings = dataclasses.replace(run.settings, **lasting)
    minutes, checkpoint_minutes = arguments.minutes, arguments.checkpoint_minutes
    train(run, arguments.data, arguments.folder, _device(), minutes, checkpoint_minutes, arguments.bodies)


def _given(arguments: argparse.Namespace, *names: str) -> dict:
    values = {name: getattr(arguments, name) for name in names if getattr(arguments, name) is not None}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="folder of the run, or a new one: gets evaluation.json and .md")
    parser.add_argument("--data", type=Path, required=True, help="train/brain_t1_eval/data")
    parser.add_argument("--meshnets", type=Path, help="models/brainchop_meshnet")
    parser.add_argument(
        "--package", type=Path, help="measure this model package by its ONNX graphs instead of the run's checkpoint"
    )
    parser.add_argument("--int8", action="store_true", help="by its int8 graph")
    parser.add_argument("--threads", type=int, default=2)
    parser.set_defaults(run=_evaluate)


def _evaluate(arguments: argparse.Namespace) -> None:
    from .evaluate import as_table, evaluate

    network, spacing, what = _measured_network(arguments)
    result = {"measured": what, **evaluate(network, spacing, arguments.data, arguments.meshnets, arguments.threads)}
    arguments.folder.mkdir(parents=True, exist_ok=True)
    (arguments.folder / "evaluation.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    (arguments.folder / "evaluation.md").write_text(as_table(result), encoding="utf-8")
    print(f"{what}\n\n{as_table(result)}")


def _measured_network(arguments: argparse.Namespace):
    from .onnx_graphs import packaged_network

    if arguments.package is None:
        return _network_of_run(arguments.folder)
    return packaged_network(arguments.package, arguments.threads, arguments.int8)


def _network_of_run(folder: Path):
    from .base_classes import CLASS_COUNT
    from .checkpoint import load_average
    from .inference import trained_network
    from .network import fixed_codes

    network, settings, step = load_average(folder, _device())
    return (
        trained_network(network, fixed_codes(CLASS_COUNT, settings.dimension), _device()),
        settings.spacing,
        f"step {step}",
    )


def _add_contrasts(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="folder of the run, or a new one: gets contrasts.json")
    parser.add_argument("--data", type=Path, required=True, help="train/brain_label_maps/data")
    parser.add_argument(
        "--package", type=Path, help="measure this model package by its ONNX graphs instead of the run's checkpoint"
    )
    parser.add_argument("--int8", action="store_true", help="by its int8 graph")
    parser.add_argument("--threads", type=int, default=2)
    parser.set_defaults(run=_contrasts)


def _contrasts(arguments: argparse.Namespace) -> None:
    from .contrast_invariance import dice_by_contrast

    network, spacing, what = _measured_network(arguments)
    result = dice_by_contrast(network, spacing, arguments.data, Settings().held_out)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    (arguments.folder / "contrasts.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(f"{what}\n\n{json.dumps(result, indent=1)}")


def _add_no_head(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="folder of the run, or a new one: gets no_head.json")
    parser.add_argument("--bodies", type=Path, required=True, help="output of `python -m body bodies`")
    parser.add_argument("--unpacked", type=Path, required=True, help="into which ../shared/data/unpack unpacked all")
    parser.add_argument("--data", type=Path, required=True, help="../shared/data")
    parser.add_argument(
        "--package", type=Path, help="measure this model package by its ONNX graphs instead of the run's checkpoint"
    )
    parser.add_argument("--int8", action="store_true", help="by its int8 graph")
    parser.add_argument("--threads", type=int, default=2)
    parser.set_defaults(run=_no_head)


def _no_head(arguments: argparse.Namespace) -> None:
    from .label_maps import read_label_set
    from .measure_no_head import as_lines, measure_no_head
    from .no_head import held_out_bodies

    network, spacing, what = _measured_network(arguments)
    labels = read_label_set(arguments.data / "train/brain_label_maps/data")
    bodies = held_out_bodies(arguments.bodies)
    result = measure_no_head(network, spacing, bodies, labels, arguments.unpacked, arguments.data)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    (arguments.folder / "no_head.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(f"{what}\n\n{as_lines(result)}")


def _add_text(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="gets text_encoder.pt and knowledge.json")
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--threads", type=int, default=2)
    parser.set_defaults(run=_text)


def _text(arguments: argparse.Namespace) -> None:
    from .text_encoder import learn_knowledge, measure_knowledge, save_knowledge

    knowledge = learn_knowledge(arguments.steps, arguments.batch, Settings().dimension)
    shares = measure_knowledge(knowledge)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    save_knowledge(knowledge, arguments.folder)
    (arguments.folder / "knowledge.json").write_text(json.dumps(shares, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(shares, indent=1))


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="folder of the run, after text, evaluate and contrasts")
    parser.add_argument("package", type=Path, help="a new folder")
    parser.add_argument("--data", type=Path, required=True, help="train/brain_label_maps/data")
    parser.add_argument("--threads", type=int, default=2)
    parser.set_defaults(run=_export)


def _export(arguments: argparse.Namespace) -> None:
    from .checkpoint import load_average
    from .package import Trained, write_package
    from .text_encoder import load_knowledge

    network, settings, step = load_average(arguments.folder, torch.device("cpu"))
    written = [_json_in(arguments.folder, f"{name}.json") for name in ("evaluation", "contrasts", "knowledge")]
    trained = Trained(network, load_knowledge(arguments.folder), settings, step, *written)
    write_package(trained, arguments.data, arguments.package, arguments.threads)


def _add_int8(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("package", type=Path, help="of the family text-query, trained on heads")
    parser.add_argument("--data", type=Path, required=True, help="train/brain_label_maps/data")
    parser.add_argument("--threads", type=int, default=2)
    parser.set_defaults(run=_int8)


def _int8(arguments: argparse.Namespace) -> None:
    from int8.package import add_int8_graph

    from .package import VERSION, calibration_images

    add_int8_graph(arguments.package, calibration_images(arguments.data, Settings()), VERSION)


def _add_head_study(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="a new folder")
    parser.add_argument("--data", type=Path, required=True, help="train/brain_label_maps/data")
    parser.add_argument("--threads", type=int, default=2)
    parser.set_defaults(run=_head_study)


def _head_study(arguments: argparse.Namespace) -> None:
    from .head_study import write_head_study
    from .label_maps import read_label_maps, read_label_set

    labels = read_label_set(arguments.data)
    held_out = slice(-Settings().held_out, None)
    write_head_study(read_label_maps(arguments.data, labels, torch.device("cpu"), held_out), labels, arguments.folder)


def _json_in(folder: Path, name: str) -> dict | None:
    path = folder / name
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


if __name__ == "__main__":
    main()
