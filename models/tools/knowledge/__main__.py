"""python -m knowledge OUT [--meshes FILE] [--uberon FILE …]; see README.md."""

import argparse
import json
from pathlib import Path

import torch

from training.settings import Settings
from training.text_encoder import learn_knowledge

from .learn import Course, Tasks, learn
from .measure import measure_others, measure_own, measure_places
from .nearest import NearestName
from .table import table


def main() -> None:
    parser = argparse.ArgumentParser(prog="knowledge", description="Train the text encoder on the table of anatomy.")
    parser.add_argument(
        "folder", type=Path, help="gets tasks.pt and measures.json; if it has tasks.pt, only measures again"
    )
    parser.add_argument("--meshes", type=Path, help="bodyparts3d.json")
    parser.add_argument("--uberon", type=Path, nargs="*", default=[], help="subsets of Uberon in OBO format")
    parser.add_argument("--former", action="store_true", help="measure the encoder of the shipped package instead")
    parser.add_argument("--steps", type=int, default=Course.steps)
    parser.add_argument("--relations", type=float, default=Course.relations)
    parser.add_argument("--places", type=float, default=Course.places)
    parser.add_argument("--seed", type=int, default=Course.seed)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    measures = _former(arguments) if arguments.former else _learnt(arguments)
    text = json.dumps(measures, indent=1) + "\n"
    (arguments.folder / "measures.json").write_text(text, encoding="utf-8")
    print(text)


def _former(arguments: argparse.Namespace) -> dict:
    knowledge = learn_knowledge(arguments.steps, 128, Settings().dimension, arguments.seed)
    return {"own": measure_own(knowledge), "seed": arguments.seed, "steps": arguments.steps}


def _learnt(arguments: argparse.Namespace) -> dict:
    entries = table(arguments.meshes, arguments.uberon)
    file = arguments.folder / "tasks.pt"
    if file.exists():
        tasks = Tasks(entries)
        tasks.load_state_dict(torch.load(file, weights_only=True))
        tasks.eval().requires_grad_(False)
    else:
        tasks = learn(
            entries,
            Course(steps=arguments.steps, relations=arguments.relations, places=arguments.places, seed=arguments.seed),
        )
        torch.save(tasks.state_dict(), file)
    return {
        "own": measure_own(NearestName(tasks, entries)),
        "others": measure_others(tasks, entries),
        "places": measure_places(tasks, entries) if arguments.places else {},
    }


main()
