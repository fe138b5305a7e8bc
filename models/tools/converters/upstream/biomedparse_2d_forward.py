"""Compares our BiomedParse v1 with upstream's, both with the same random weights: tokens of all prompts, the selected
query, masks.

    python upstream/biomedparse_2d_forward.py UPSTREAM MERGES.gz GRAPHS

UPSTREAM  see biomedparse_v1.py
MERGES.gz CLIP's list bpe_simple_vocab_16e6.txt.gz (open_clip ships it)
GRAPHS a folder for the graphs in their real size, which are run in onnxruntime-node (run_graphs_in_turn.mjs)

Upstream's `interactive_infer_image` runs one prompt at a time, as its authors advise; ours runs all prompts at once.
Writes facts/biomedparse_2d_forward.json (greatest differences).
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from PIL import Image
from torchvision import transforms

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import biomedparse_v1
from biomedparse_v2 import clip_tokenizer

from converters.biomedparse_2d import UNUSED, write_graphs
from converters.biomedparse_2d_network import BiomedParse2D, ImageGraph, PromptGraph, Sizes
from converters.biomedparse_2d_targets import OBJECTS, prompt_of
from converters.checkpoint import matched, shapes_of
from converters.clip_tokenizer import ClipTokenizer
from converters.text_graph import TextGraph, write_text_graph

HERE = Path(__file__).resolve().parent
FACTS = HERE.parent / "facts" / "biomedparse_2d_forward.json"
# All prompts of a run have the same number of tokens.
TEXTS = ["liver in abdomen CT", "melanoma in skin dermoscopy", "heart in chest X-Ray"]
CASES = tuple((size, TEXTS[:count]) for size in (256, 1024) for count in (1, 3))


def main(upstream: Path, merges: Path, graphs: Path) -> None:
    reference = clip_tokenizer(merges)
    reference.add_special_tokens({"cls_token": reference.eos_token})
    theirs = biomedparse_v1.build(upstream, reference)
    tokenizer = ClipTokenizer.read(merges, 49408)
    require_same_tokens(
        tokenizer, reference, sorted({prompt_of(name, objects.words) for objects in OBJECTS for name in objects.names})
    )
    results = []
    for size, texts in CASES:
        ours = BiomedParse2D(Sizes(image=size)).eval()
        ours.load_state_dict(matched(theirs.state_dict(), shapes_of(ours), UNUSED))
        folder = graphs / f"size{size}"
        if not (folder / "text.onnx").exists():
            folder.mkdir(parents=True, exist_ok=True)
            write_graphs(ours, folder, "fp32")
            write_text_graph(ours, folder / "text.onnx")
        results.append(
            {"size": size, "prompts": len(texts), **compare(theirs, ours, tokenizer, reference, texts, folder)}
        )
        print(json.dumps(results[-1]), flush=True)
        FACTS.write_text("[\n " + ",\n ".join(json.dumps(result) for result in results) + "\n]\n", encoding="utf-8")


def compare(theirs, ours: BiomedParse2D, tokenizer: ClipTokenizer, reference, texts: list[str], folder: Path) -> dict:
    ids = require_same_tokens(tokenizer, reference, texts)
    size = ours.sizes.image
    picture = (
        np.random.default_rng(1)
        .integers(0, 256, (size // 16, size // 16, 3), dtype=np.uint8)
        .repeat(16, 0)
        .repeat(16, 1)
    )
    wanted = [as_upstream(theirs, picture, text) for text in texts]
    logits, similarity = (torch.stack([output[n] for output in wanted]) for n in (0, 1))

    image = torch.from_numpy(picture.transpose(2, 0, 1).astype(np.float32))[None]
    with torch.no_grad():
        definition = PromptGraph(ours)(*ImageGraph(ours)(image), TextGraph(ours)(torch.tensor(ids)))
    results = {}
    for name, (masks, likeness) in (
        ("definition", definition),
        ("onnxruntimeNode", in_onnxruntime_node(folder, image, ids)),
    ):
        results[name] = greatest(masks - logits)
        results[f"{name}Similarity"] = greatest(likeness - similarity)
        results[f"{name}PixelsElsewhere"] = int(((masks > 0) != (logits > 0)).sum())
    return {**results, "greatestLogit": greatest(logits), "pixelsMarked": int((logits > 0).sum())}


def require_same_tokens(tokenizer: ClipTokenizer, reference, texts: list[str]) -> list[list[int]]:
    ids = [tokenizer.encode(text) for text in texts]
    if ids != [reference(text)["input_ids"] for text in texts]:
        raise AssertionError("other tokens")
    return ids


def as_upstream(theirs, picture: np.ndarray, text: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Mask logits [rows / 4, columns / 4] of the query that upstream selects for a text, and its similarity."""
    inference = importlib.import_module("inference_utils.inference")
    inference.transform = transforms.Resize(picture.shape[:2], interpolation=Image.BICUBIC)
    said = {}
    scores, evaluate = inference.vl_similarity, theirs.evaluate_demo

    def watched_scores(*arguments, temperature):
        said["scores"] = scores(*arguments, temperature=temperature) / temperature.exp().clamp(max=100)
        return said["scores"]

    def watched_evaluate(inputs):
        said["results"] = evaluate(inputs)
        return said["results"]

    inference.vl_similarity, theirs.evaluate_demo = watched_scores, watched_evaluate
    try:
        probability = inference.interactive_infer_image(
            SimpleNamespace(model=theirs), Image.fromarray(picture), [text]
        )[0]
    finally:
        inference.vl_similarity, theirs.evaluate_demo = scores, evaluate
    likeness, query = said["scores"][:, 0].max(0)
    logits = said["results"][0]["pred_masks"][0][query]
    enlarged = torch.nn.functional.interpolate(logits[None, None], picture.shape[:2], mode="bilinear")[0, 0].sigmoid()
    if np.abs(enlarged.numpy() - probability).max() > 0:
        raise AssertionError("another query")
    return logits, likeness


def greatest(values: torch.Tensor) -> float:
    return float(f"{values.abs().max().item():.2g}")


def in_onnxruntime_node(folder: Path, image: torch.Tensor, ids: list[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    for name, value in ((ImageGraph.INPUT, image.numpy()), (TextGraph.INPUT, np.array(ids, np.int64))):
        value.tofile(folder / f"{name}.bin")
    steps = {
        "folder": str(folder),
        "tensors": [
            {"name": ImageGraph.INPUT, "type": "float32", "dims": list(image.shape)},
            {"name": TextGraph.INPUT, "type": "int64", "dims": [len(ids), len(ids[0])]},
        ],
        "graphs": [
            {"file": "image.onnx", "outputs": list(ImageGraph.OUTPUTS)},
            {"file": "text.onnx", "outputs": [TextGraph.OUTPUT]},
            {"file": "prompt.onnx", "outputs": list(PromptGraph.OUTPUTS)},
        ],
    }
    run = subprocess.run(
        ["node", str(HERE / "run_graphs_in_turn.mjs")],
        input=json.dumps(steps),
        text=True,
        check=True,
        capture_output=True,
    )
    shapes = json.loads(run.stdout)
    return tuple(
        torch.from_numpy(np.fromfile(folder / f"{name}.bin", "<f4").reshape(shapes[name]))
        for name in PromptGraph.OUTPUTS
    )


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
