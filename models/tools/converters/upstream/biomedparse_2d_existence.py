"""Writes facts/biomedparse_2d_existence.json: the Beta distributions with which BiomedParse v1 judges whether a mask
can be the object.

python upstream/biomedparse_2d_existence.py target_dist.json

Its authors publish target_dist.json with the weights (Hugging Face, microsoft/BiomedParse), and an earlier one in their
repository (commit 5cfb0f7). The file used here is in the fork Lsyyh/BiomedParse_v2 (commit 6168155) and has 64 objects;
without the three added last (two of CT-Liver, and viral pneumonia) its SHA-256 is the 1ef667c0… named in the authors'
repository at commit 750eb40. It was not compared with the file published with the weights. Numbers are rounded to nine
digits.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

FACTS = Path(__file__).resolve().parents[1] / "facts" / "biomedparse_2d_existence.json"
SOURCE = (
    "github.com/microsoft/BiomedParse, inference_utils/target_dist.json at 750eb40 (by SHA-256), three "
    "objects of a later one"
)


def main(file: Path) -> None:
    content = json.loads(file.read_text(encoding="utf-8"))
    kinds = []
    for image_type, objects in content.items():
        rounded = {name: [[float(f"{n:.9g}") for n in pair] for pair in pairs] for name, pairs in objects.items()}
        lines = [f"   {json.dumps(name)}: {json.dumps(pairs)}" for name, pairs in rounded.items()]
        kinds.append(f"  {json.dumps(image_type)}: {{\n" + ",\n".join(lines) + "\n  }")
    FACTS.write_text(
        f'{{\n "source": {json.dumps(SOURCE)},\n "distributions": {{\n' + ",\n".join(kinds) + "\n }\n}\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
