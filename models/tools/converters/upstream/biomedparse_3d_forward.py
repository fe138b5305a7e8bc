"""Compares our BiomedParse v2 with upstream's, both with the same random weights: names and shapes, text tokens,
masks and presence.

    python upstream/biomedparse_3d_forward.py UPSTREAM MERGES.gz GRAPHS

UPSTREAM, MERGES.gz  see biomedparse_v2.py; CLIP's list is bpe_simple_vocab_16e6.txt.gz (open_clip ships it)
GRAPHS a folder for the graphs in their real size, which are run in onnxruntime-node (run_graphs_in_turn.mjs)

Writes facts/biomedparse_3d.json (names and shapes) and facts/biomedparse_3d_forward.json (greatest differences).
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import biomedparse_v2

from converters.biomedparse_3d import write_graphs
from converters.biomedparse_3d_network import BiomedParse3D, ImageGraph, PromptGraph, Sizes
from converters.checkpoint import matched, shapes_of
from converters.clip_tokenizer import ClipTokenizer
from converters.noise import slice_noise
from converters.slice_images import with_neighbours
from converters.text_graph import TextGraph, write_text_graph

HERE = Path(__file__).resolve().parent
FACTS = HERE.parent / "facts"
CASES = (
    (128, ["Liver in abdominal CT"]),
    (128, ["left kidney", "right kidney", "left ear"]),
    (512, ["Liver in abdominal CT"]),
    (512, ["left kidney", "right kidney", "left ear"]),
)
SLICES = 2


def main(upstream: Path, merges: Path, graphs: Path) -> None:
    reference = biomedparse_v2.clip_tokenizer(merges)
    theirs = biomedparse_v2.build(upstream, reference)
    write_shapes({name: list(value.shape) for name, value in theirs.state_dict().items()})
    tokenizer = ClipTokenizer.read(merges, 49408)
    results = []
    for size, texts in CASES:
        ours = BiomedParse3D(Sizes(image=size)).eval()
        ours.load_state_dict(matched(theirs.state_dict(), shapes_of(ours)))
        folder = graphs / f"size{size}"
        if not (folder / "prompt.onnx").exists():
            folder.mkdir(parents=True, exist_ok=True)
            write_graphs(ours, folder, "fp32")
            write_text_graph(ours, folder / "text.onnx")
        results.append(
            {"size": size, "prompts": len(texts), **compare(theirs, ours, tokenizer, reference, texts, folder)}
        )
        print(json.dumps(results[-1]), flush=True)
        lines = ",\n ".join(json.dumps(result) for result in results)
        (FACTS / "biomedparse_3d_forward.json").write_text(f"[\n {lines}\n]\n", encoding="utf-8")


def compare(theirs, ours: BiomedParse3D, tokenizer: ClipTokenizer, reference, texts: list[str], folder: Path) -> dict:
    ids = [tokenizer.encode(text) for text in texts]
    if ids != [reference(text)["input_ids"] for text in texts]:
        raise AssertionError("other tokens")
    size = ours.sizes.image
    volume = np.random.default_rng(1).integers(0, 256, (SLICES, size, size))
    noise = [[torch.from_numpy(part) for part in slice_noise(ours.sizes, 7, n)] for n in range(SLICES)]
    with torch.no_grad(), drawing(noise, layers=ours.sizes.decoder_layers):
        wanted = theirs(
            {"image": torch.from_numpy(volume)[None].int(), "text": ["[SEP]".join(texts)]}, slice_batch_size=1
        )["predictions"]
    differences = {
        "definition": 0.0,
        "definitionPresence": 0.0,
        "onnxruntimeNode": 0.0,
        "onnxruntimeNodePresence": 0.0,
        "greatestLogit": 0.0,
    }
    for n in range(SLICES):
        image = torch.from_numpy(with_neighbours(volume, n))[None]
        with torch.no_grad():
            outputs = [PromptGraph(ours)(*ImageGraph(ours)(image), TextGraph(ours)(torch.tensor(ids)), *noise[n])]
        outputs.append(in_onnxruntime_node(folder, image, ids, noise[n]))
        for name, (masks, presence) in zip(("definition", "onnxruntimeNode"), outputs, strict=True):
            differences[name] = max(differences[name], greatest(masks - wanted["pred_gmasks"][:, n]))
            differences[f"{name}Presence"] = max(
                differences[f"{name}Presence"], greatest(presence - wanted["object_existence"][:, n])
            )
        differences["greatestLogit"] = max(differences["greatestLogit"], greatest(wanted["pred_gmasks"][:, n]))
    return differences


def greatest(values: torch.Tensor) -> float:
    return float(f"{values.abs().max().item():.2g}")


class drawing:  # noqa: N801
    """In this context upstream draws these numbers: once before the first layer and once after each; the last draw is
    unused.
    """

    def __init__(self, noise: list[list[torch.Tensor]], layers: int):
        self.noise, self.calls, self.asked = noise, layers + 1, 0

    def __enter__(self) -> None:
        self.real, torch.rand_like = torch.rand_like, self.draw

    def __exit__(self, *_: object) -> None:
        torch.rand_like = self.real

    def draw(self, like: torch.Tensor) -> torch.Tensor:
        slice_, call = divmod(self.asked, self.calls)
        self.asked += 1
        if call == self.calls - 1:
            return self.real(like)
        numbers = self.noise[slice_][call % 3][call // 3]
        return numbers.repeat(len(like) // len(numbers), 1, 1)


def in_onnxruntime_node(
    folder: Path, image: torch.Tensor, ids: list[list[int]], noise: list[torch.Tensor]
) -> tuple[torch.Tensor, torch.Tensor]:
    run = subprocess.run(
        ["node", str(HERE / "run_graphs_in_turn.mjs")],
        input=json.dumps(steps(folder, image, ids, noise)),
        text=True,
        check=True,
        capture_output=True,
    )
    outputs = json.loads(run.stdout)
    return tuple(
        torch.from_numpy(np.fromfile(folder / f"{name}.bin", "<f4").reshape(outputs[name]))
        for name in PromptGraph.OUTPUTS
    )


def steps(folder: Path, image: torch.Tensor, ids: list[list[int]], noise: list[torch.Tensor]) -> dict:
    """The same as run_graphs_in_turn.mjs: runs the three graphs one after another, tensors by name, files of
    little-endian numbers.
    """

    def written(name: str, value: np.ndarray) -> dict:
        value.tofile(folder / f"{name}.bin")
        return {"name": name, "type": "int64" if value.dtype == np.int64 else "float32", "dims": list(value.shape)}

    names = [name for name in PromptGraph.INPUTS if name.startswith("noise")]
    return {
        "folder": str(folder),
        "tensors": [
            written(ImageGraph.INPUT, image.numpy()),
            written(TextGraph.INPUT, np.array(ids, np.int64)),
            *(written(name, part.numpy()) for name, part in zip(names, noise, strict=True)),
        ],
        "graphs": [
            {"file": "image.onnx", "outputs": list(ImageGraph.OUTPUTS)},
            {"file": "text.onnx", "outputs": [TextGraph.OUTPUT]},
            {"file": "prompt.onnx", "outputs": list(PromptGraph.OUTPUTS)},
        ],
    }


def write_shapes(shapes: dict[str, list[int]]) -> None:
    lines = [f"  {json.dumps(name)}: {json.dumps(shape)}" for name, shape in shapes.items()]
    (FACTS / "biomedparse_3d.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
