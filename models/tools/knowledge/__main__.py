"""python -m knowledge OUT [--meshes FILE] [--uberon FILE …]; see README.md."""

import argparse
import json
from pathlib import Path

import torch

from training.settings import Settings
from training.text_encoder import learn_knowledge

from .learn import Course, Tasks, learn
from .measure import measure_others, measure_own, measure_places
from .nearest import Members, NearestName
from .table import Entry, table


def main() -> None:
    parser = argparse.ArgumentParser(prog="knowledge", description="Train the text encoder on the table of anatomy.")
    parser.add_argument("folder", type=Path, help="gets measures.json, and tasks-SEED.pt where it has none")
    parser.add_argument("--meshes", type=Path, help="bodyparts3d.json")
    parser.add_argument("--uberon", type=Path, nargs="*", default=[], help="subsets of Uberon in OBO format")
    parser.add_argument("--former", action="store_true", help="measure the encoder of the shipped package instead")
    parser.add_argument("--steps", type=int, default=Course.steps)
    parser.add_argument("--relations", type=float, default=Course.relations)
    parser.add_argument("--places", type=float, default=Course.places)
    parser.add_argument("--seeds", type=int, nargs="+", default=[Course.seed], help="one encoder each, measured as one")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    measures = _former(arguments) if arguments.former else _learnt(arguments)
    text = json.dumps(measures, indent=1) + "\n"
    (arguments.folder / "measures.json").write_text(text, encoding="utf-8")
    print(text)


def _former(arguments: argparse.Namespace) -> dict:
    knowledge = learn_knowledge(arguments.steps, 128, Settings().dimension, arguments.seeds[0])
    return {"own": measure_own(knowledge)}


def _learnt(arguments: argparse.Namespace) -> dict:
    entries = table(arguments.meshes, arguments.uberon)
    members = Members(tuple(_member(arguments, entries, seed) for seed in arguments.seeds))
    return {
        "own": measure_own(NearestName(members, entries)),
        "others": measure_others(members, entries),
        "places": measure_places(members, entries) if arguments.places else {},
    }


def _member(arguments: argparse.Namespace, entries: list[Entry], seed: int) -> Tasks:
    file = arguments.folder / f"tasks-{seed}.pt"
    if file.exists():
        tasks = Tasks(entries)
        tasks.load_state_dict(torch.load(file, weights_only=True))
        return tasks.eval().requires_grad_(False)
    course = Course(steps=arguments.steps, relations=arguments.relations, places=arguments.places, seed=seed)
    tasks = learn(entries, course)
    torch.save(tasks.state_dict(), file)
    return tasks


main()
