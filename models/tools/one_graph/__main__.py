"""python -m one_graph PACKAGE VERSION: joins the graphs of a package that was exported with a mask graph of its own."""

import argparse
import json
from pathlib import Path

import onnx

from package_files import write_checksums, write_json
from training.window_memory import peak_bytes

from . import PROBABILITIES, QUERIES, joined


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m one_graph", description=__doc__)
    parser.add_argument("package", type=Path, help="of the family text-query, with the mask kind probability-graph")
    parser.add_argument("version", help="of the package from now on")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    join_package(arguments.package, arguments.version, arguments.threads)


def join_package(package: Path, version: str, threads: int) -> None:
    """The weights, and thus the masks, stay what they are.

    @raises ValueError if the package has no such graphs
    """
    path = package / "model.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    image, mask = manifest["image"], manifest["mask"]
    if mask["kind"] != "probability-graph":
        raise ValueError(f"The masks of {manifest['id']} are made by {mask['kind']}.")
    own = package / mask["file"]
    for entry in (image, image.get("int8", image)):
        file = package / entry["file"]
        model = joined(onnx.load(str(file)), onnx.load(str(own)))
        file.write_bytes(model.SerializeToString(deterministic=True))
    own.unlink()
    manifest["version"] = manifest["algorithm"]["version"] = version
    manifest["image"] = {name: value for name, value in image.items() if name != "channels"} | {"output": PROBABILITIES}
    manifest["mask"] = {"kind": "in-image-graph", "embeddings": mask["embeddings"], "queriesInput": QUERIES}
    queries = (len(manifest["rows"]), mask["embeddings"]["dimension"])
    size = tuple(manifest["windows"]["size"])
    manifest["memory"]["graphBytes"] = peak_bytes(package / image["file"], size, queries, threads)
    write_json(path, manifest)
    write_checksums(package)


if __name__ == "__main__":
    main()
