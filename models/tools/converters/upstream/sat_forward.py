"""Compares upstream's SAT with our definition and with our ONNX graphs in onnxruntime-node, all with the same random
weights.

    python upstream/sat_forward.py UPSTREAM [small | nano | pro | text]    (a checkout of github.com/zhaoziheng/SAT
    with its requirements)

Prints the greatest differences. `small` has upstream's classes in small widths; their output goes to
tests/sat_small.json, and that of the text encoder of `text` to tests/sat_text.json, for the tests.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from known_weights import known_values, known_weights

from converters.mpnet import TextConfiguration
from converters.sat import CONFIGURATIONS, sat_network, text_encoder, write_text_graph, write_window_graph
from converters.sat_network import Configuration, token_positions

HERE = Path(__file__).resolve().parent
BACKBONES = {"nano": "UNET", "pro": "UNET-L"}
SMALL = Configuration(
    widths=(6, 8, 10, 12, 16, 24),
    convolutions=2,
    token_hidden=64,
    mask_hidden=20,
    dimension=96,
    layers=2,
    feed_forward=80,
    window=(64, 64, 32),
)
CASES = {
    "small": (((64, 64, 32), 1), ((64, 64, 32), 5), ((96, 64, 64), 1), ((96, 64, 64), 5)),
    "nano": (((64, 64, 32), 1), ((96, 64, 64), 5)),
    "pro": (((64, 64, 32), 1), ((96, 64, 64), 5)),
}
TEXTS = ([[105, 7000, 106, 0, 0], [105, 9000, 8001, 8002, 106]], [[105, *range(3000, 3030), 106]])
SAMPLES = 40


def facts(name: str) -> dict[str, list[int]]:
    return json.loads((HERE.parent / "facts" / f"sat_{name}.json").read_text(encoding="utf-8"))


def copies(shapes: Mapping[str, Sequence[int]]) -> dict[str, str]:
    return {
        name: name.replace("all_modules.0", "conv").replace("all_modules.1", "norm")
        for name in shapes
        if "all_modules" in name
    }


def made_up(shapes: Mapping[str, Sequence[int]]) -> dict[str, torch.Tensor]:
    """The last layer is scaled down, for logits near 0."""
    weights = known_weights(shapes, copies(shapes))
    return {key: tensor * 0.1 if key.startswith("mask_embed_proj.2") else tensor for key, tensor in weights.items()}


def image_and_queries(size: tuple[int, int, int], prompts: int, dimension: int) -> tuple[torch.Tensor, torch.Tensor]:
    image = known_values(int(np.prod(size)), 1).reshape(1, 1, *size)
    return torch.from_numpy(image), torch.from_numpy(known_values(prompts * dimension, 2).reshape(prompts, dimension))


def compare_image(upstream: Path, name: str) -> None:
    for folder in (upstream, upstream / "model" / "dynamic-network-architectures-main"):
        sys.path.insert(0, str(folder))
    torch.nn.init.kaiming_normal_ = lambda tensor, **_: tensor
    configuration = SMALL if name == "small" else CONFIGURATIONS[f"sat-{name}"]
    fixture = []
    for size, prompts in CASES[name]:
        theirs = small_upstream(size) if name == "small" else published_upstream(name, size)
        weights = made_up({key: tensor.shape for key, tensor in theirs.state_dict().items()})
        theirs.load_state_dict(weights)
        image, queries = image_and_queries(size, prompts, configuration.dimension)
        with torch.no_grad():
            expected = theirs.eval()([queries], image.expand(-1, 3, -1, -1, -1))[0].numpy()
        del theirs
        network = sat_network(replace(configuration, window=size), weights)
        with torch.no_grad():
            ours = network(image, queries, token_positions(size, configuration.dimension)).numpy()
        spread = f"{expected.mean():.3g} ± {expected.std():.3g}"
        report = {"size": size, "prompts": prompts, "logits": spread, "ours": greatest(ours, expected)}
        for precision in ("fp32", "fp16") if prompts == 1 else ("fp32",):
            logits = in_node(network, image, queries, precision)
            report[f"ONNX {precision}"] = greatest(logits, expected)
            report[f"ONNX {precision}, voxels on the other side"] = float(np.mean((logits > 0) != (expected > 0)))
        print(name, json.dumps(report, ensure_ascii=False), flush=True)
        places = np.random.default_rng(1).integers(0, expected.shape, (SAMPLES, 4)).tolist()
        samples = [[*place, float(f"{expected[tuple(place)]:.7g}")] for place in places]
        fixture.append({"size": size, "prompts": prompts, "samples": samples})
    if name == "small":
        write(name, fixture)


def published_upstream(name: str, size: tuple[int, int, int]) -> torch.nn.Module:
    from model.maskformer import Maskformer

    return Maskformer(BACKBONES[name], list(size), deep_supervision=True)


def small_upstream(size: tuple[int, int, int]) -> torch.nn.Module:
    """Upstream's classes, assembled as in its constructor, whose widths are fixed."""
    from model import maskformer as theirs
    from torch import nn

    model = theirs.Maskformer.__new__(theirs.Maskformer)
    nn.Module.__init__(model)
    model.deep_supervision = False
    blocks = [SMALL.convolutions] * 6
    model.backbone = theirs.PlainConvUNet(
        3, 6, SMALL.widths, nn.Conv3d, 3, (1, 2, 2, 2, 2, 2), blocks, blocks[1:], True, nn.InstanceNorm3d,
        {"eps": 1e-5, "affine": True}, nonlin=nn.LeakyReLU,
    )  # fmt: skip
    model.avg_pool_ls = [nn.AvgPool3d(n, n) for n in (32, 16, 8, 4, 2)]
    dimension = SMALL.dimension
    two_layers = lambda a, b, c: nn.Sequential(nn.Linear(a, b), nn.GELU(), nn.Linear(b, c), nn.GELU())  # noqa: E731
    model.projection_layer = two_layers(sum(SMALL.widths), SMALL.token_hidden, dimension)
    model.mask_embed_proj = two_layers(dimension, SMALL.mask_hidden, SMALL.widths[0])
    tokens = theirs.PositionalEncoding3D(dimension)(torch.zeros(1, *(n // 32 for n in size), dimension))
    model.pos_embedding = theirs.rearrange(tokens, "b h w d c -> (h w d) b c")
    layer = theirs.TransformerDecoderLayer(dimension, SMALL.heads, SMALL.feed_forward, normalize_before=True)
    model.transformer_decoder = theirs.TransformerDecoder(layer, SMALL.layers, nn.LayerNorm(dimension))
    model.query_proj = nn.Identity()
    return model


def in_node(network: torch.nn.Module, image: torch.Tensor, queries: torch.Tensor, precision: str) -> np.ndarray:
    """Logits [prompts, x, y, z] of the server's graph: the input of its last step, the sigmoid."""
    with tempfile.TemporaryDirectory() as folder:
        graph = Path(folder) / "window.onnx"
        write_window_graph(network, graph, precision)
        model = onnx.load(str(graph))
        sigmoid = next(node for node in model.graph.node if node.op_type == "Sigmoid")
        model.graph.node.append(
            onnx.helper.make_node("Cast", [sigmoid.input[0]], ["logits"], to=onnx.TensorProto.FLOAT)
        )
        model.graph.output.append(onnx.helper.make_tensor_value_info("logits", onnx.TensorProto.FLOAT, None))
        onnx.save_model(model, str(graph))
        feeds = {"image": image.permute(0, 1, 4, 3, 2).numpy(), "queries": queries.numpy()}
        return run_in_node(graph, feeds, "logits").reshape(len(queries), *network.configuration.window)


def compare_text(upstream: Path) -> None:
    sys.path.insert(0, str(upstream))
    from transformers import MPNetConfig, MPNetModel

    weights = known_weights(facts("text_encoder"))
    encoder = text_encoder(TextConfiguration(), weights)
    theirs = MPNetModel(MPNetConfig(vocab_size=30527, max_position_embeddings=514, layer_norm_eps=1e-5)).eval()
    prefix = "text_tower.biolord."
    theirs.load_state_dict(
        {name.removeprefix(prefix): tensor for name, tensor in weights.items() if name.startswith(prefix)}
    )
    fixture = []
    with tempfile.TemporaryDirectory() as folder:
        graph = Path(folder) / "text.onnx"
        write_text_graph(encoder, graph, "fp32")
        for texts in TEXTS:
            tokens, modalities = torch.tensor(texts), torch.ones(len(texts), dtype=torch.int64)
            seen = torch.where(tokens > 0, 1, 0)
            with torch.no_grad():
                words = theirs(input_ids=tokens, attention_mask=seen)[0]
                mean = (words * seen[..., None].float()).sum(1) / torch.clamp(seen[..., None].float().sum(1), min=1e-9)
                # The projection and the modality are two lines of upstream's Knowledge_Encoder, whose class needs a
                # GPU.
                expected = (encoder.projection_layer(mean) + encoder.modality_embed(modalities)).numpy()
                ours = encoder(tokens, modalities).numpy()
            onnx = run_in_node(graph, {"tokens": tokens.numpy(), "modalities": modalities.numpy()}, "queries").reshape(
                expected.shape
            )
            print(
                "text",
                json.dumps(
                    {
                        "tokens": tokens.shape[1],
                        "spread": float(expected.std()),
                        "ours": greatest(ours, expected),
                        "ONNX": greatest(onnx, expected),
                    }
                ),
            )
            fixture.append(
                {"tokens": texts, "queries": [[float(f"{value:.7g}") for value in row[:12]] for row in expected]}
            )
    write("text", fixture)


def run_in_node(graph: Path, feeds: dict[str, np.ndarray], output: str) -> np.ndarray:
    inputs = {}
    for name, values in feeds.items():
        file = graph.parent / f"{name}.raw"
        np.ascontiguousarray(values).tofile(file)
        inputs[name] = {"file": str(file), "type": str(values.dtype), "dims": list(values.shape)}
    result = graph.parent / "output.raw"
    request = json.dumps({"inputs": inputs, "output": output, "file": str(result)})
    subprocess.run(["node", HERE / "run_graph.mjs", graph], input=request, text=True, check=True)
    return np.fromfile(result, np.float32)


def greatest(values: np.ndarray, expected: np.ndarray) -> float:
    return float(np.abs(values - expected).max())


def write(name: str, fixture: list[dict]) -> None:
    text = ",\n ".join(json.dumps(case) for case in fixture)
    (HERE.parent / "tests" / f"sat_{name}.json").write_text(f"[\n {text}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    checkout, *rest = sys.argv[1:]
    if rest == ["text"]:
        compare_text(Path(checkout))
    else:
        compare_image(Path(checkout), rest[0] if rest else "small")
