"""SAT's downloads in their published sizes with random weights: python tests/full_size_sat.py FOLDER [nano | pro]

Writes nano.pth (pro.pth), text_encoder.pth and vocab.txt, to measure what converting and running SAT takes
(docs/administer/add-a-model.md): time and memory depend on the sizes, not on the values. The masks mean nothing.
"""

import json
import sys
from pathlib import Path

import torch
from tiny_sat import spread

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from converters.mpnet import TextConfiguration, TextEncoder
from converters.sat import CONFIGURATIONS
from converters.sat_network import Sat

FACTS = Path(__file__).resolve().parents[1] / "facts"
SPECIAL = ("<s>", "<pad>", "</s>", "[UNK]", "[CLS]", "[SEP]")


def main(folder: Path, size: str) -> None:
    torch.manual_seed(5)
    folder.mkdir(parents=True)
    save(folder / f"{size}.pth", Sat(CONFIGURATIONS[f"sat-{size}"]), f"sat_{size}.json")
    save(folder / "text_encoder.pth", TextEncoder(), "sat_text_encoder.json")
    # Single characters, so that every term has tokens; the rest fills the published number of pieces.
    characters = [start + chr(code) for start in ("", "##") for code in range(33, 127) if not chr(code).isupper()]
    filler = (f"piece{n}" for n in range(TextConfiguration.pieces - len(SPECIAL) - len(characters)))
    (folder / "vocab.txt").write_text("\n".join([*SPECIAL, *characters, *filler]) + "\n", encoding="utf-8")


def save(path: Path, module: torch.nn.Module, facts: str) -> None:
    """Every tensor that upstream's checkpoint has, with its name; zeros for those that inference does not need."""
    state = spread(module)
    shapes = json.loads((FACTS / facts).read_text(encoding="utf-8"))
    tensors = {f"module.{name}": state.get(_own(name), torch.zeros(shape)) for name, shape in shapes.items()}
    torch.save({"model_state_dict": tensors, "step": 1}, path)


def _own(name: str) -> str:
    """Our name of a tensor; upstream registers convolutions and norms twice."""
    return name.replace(".all_modules.0.", ".conv.").replace(".all_modules.1.", ".norm.")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(sys.argv[2:] or ["nano"]))
