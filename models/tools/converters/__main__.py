"""python -m converters convert NAME --checkpoint … --out FOLDER"""

import argparse
import sys
from importlib import import_module
from pathlib import Path

from .checkpoint import CheckpointError

MODELS = {
    "sat-nano": "sat",
    "sat-pro": "sat",
    "biomedparse": "biomedparse_2d",
    "medimageparse3d": "biomedparse_3d",
    "voxtell": "voxtell",
    "lite-medsam": "lite_medsam",
    "nninteractive": "nninteractive",
}
"""Model → the module that converts it, with add_arguments(parser) and convert(name, arguments)."""


def main(words: list[str]) -> int:
    arguments = _parser().parse_args(words)
    try:
        import_module(f".{MODELS[arguments.model]}", __package__).convert(arguments.model, arguments)
    except (CheckpointError, FileExistsError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{arguments.out}: written. Run `promptseg doctor` to check that this machine can run it.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m converters")
    models = (
        parser.add_subparsers(required=True)
        .add_parser("convert", help="write a model package")
        .add_subparsers(dest="model", required=True, metavar="NAME")
    )
    for name, module in MODELS.items():
        own = models.add_parser(name)
        own.add_argument("--checkpoint", type=Path, required=True, help="the published weights")
        own.add_argument("--out", type=Path, required=True, help="folder to create; name it like the model")
        own.add_argument(
            "--precision",
            choices=("fp32", "fp16"),
            default="fp32",
            help="of weights and arithmetic; fp16 is meant for GPUs",
        )
        own.add_argument(
            "--licence",
            type=Path,
            help="licence text of the checkpoint; becomes the package's LICENSE",
        )
        import_module(f".{module}", __package__).add_arguments(own)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
