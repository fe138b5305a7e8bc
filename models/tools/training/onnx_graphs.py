"""The network and the text encoder as ONNX graphs, and a runner of the exported graphs."""

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import ModelProto, TensorProto, helper, numpy_helper
from torch import nn

from int8.package import GRAPH
from one_graph import FEATURES, IMAGE, PROBABILITIES, QUERIES

from .inference import Network
from .network import ImageNetwork
from .portable_graph import with_portable_operators
from .text_encoder import Knowledge, TextEncoder, utf8_tokens

OPSET = 17


def write_image_graph(network: ImageNetwork, path: Path) -> None:
    """`image` [1, 1, x, y, z] → `features` [1, dimension, x, y, z], float32, any size divisible by the network's
    divisor.
    """
    side = network.divisor * 2
    axes = {2: "x", 3: "y", 4: "z"}
    # The network may be in the memory format of training; the graph is made from a plain copy.
    plain = type(network)(network.widths, network.head[-1].out_channels).eval().requires_grad_(False)
    plain.load_state_dict({name: value.cpu().contiguous() for name, value in network.state_dict().items()})
    torch.onnx.export(
        plain,
        (torch.zeros(1, 1, side, side, side),),
        str(path),
        opset_version=OPSET,
        dynamo=False,
        input_names=[IMAGE],
        output_names=[FEATURES],
        dynamic_axes={IMAGE: axes, FEATURES: axes},
    )
    model = with_portable_operators(onnx.load(str(path)))
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString(deterministic=True))


# The last layer of the image network, in the mask graph.
LAST_WEIGHT, LAST_BIAS = "last_weight", "last_bias"


def mask_graph(last: tuple[np.ndarray, np.ndarray]) -> ModelProto:
    """`features` [1, channels, x, y, z] and `queries` [n, dimension] → `probabilities` [x·y·z, n + 1].

    A softmax over the logits ⟨features, query⟩ and that of the background, 0, which is the last column.

    @param last weight [dimension, channels] and bias [dimension] of the layer between the features and the product
    with the queries
    """
    dimension, channels = last[0].shape
    constants = {
        "background": np.zeros((1, dimension), np.float32),
        "flat": np.array([channels, -1], np.int64),
        LAST_WEIGHT: np.ascontiguousarray(last[0]),
        LAST_BIAS: last[1].reshape(1, dimension),
    }
    nodes = [
        helper.make_node("Concat", [QUERIES, "background"], ["competing"], axis=0),
        helper.make_node("Gemm", ["competing", LAST_WEIGHT], ["joined"]),
        helper.make_node("Gemm", [LAST_BIAS, "competing"], ["offsets"], transB=1),
        helper.make_node("Reshape", [FEATURES, "flat"], ["voxels"]),
        helper.make_node("Gemm", ["voxels", "joined", "offsets"], ["logits"], transA=1, transB=1),
        helper.make_node("Softmax", ["logits"], [PROBABILITIES], axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "mask",
        [
            helper.make_tensor_value_info(FEATURES, TensorProto.FLOAT, [1, channels, "x", "y", "z"]),
            helper.make_tensor_value_info(QUERIES, TensorProto.FLOAT, ["n", dimension]),
        ],
        [helper.make_tensor_value_info(PROBABILITIES, TensorProto.FLOAT, ["voxels", "columns"])],
        [numpy_helper.from_array(values, name) for name, values in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    onnx.checker.check_model(model)
    return model


class NearestMeaning(nn.Module):
    """int64 tokens [texts, tokens] → the prototype of each text's meaning, float32 [texts, dimension].

    The encoder's own vectors do not work as queries. Their cosine to the code of their class is 0.79 to 0.90, but up to
    0.32 to the codes of others, which decides where all logits are small: on the real scan the mean Dice fell from
    0.782 to 0.360. For every class, the prototype nearest to the vector is the code itself.
    """

    def __init__(self, encoder: TextEncoder, prototypes: torch.Tensor):
        super().__init__()
        self.encoder = encoder
        self.register_buffer("prototypes", prototypes)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.prototypes[(self.encoder(tokens) @ self.prototypes.T).argmax(1)]


def write_text_graph(knowledge: Knowledge, path: Path) -> None:
    """`tokens` int64 [texts, tokens], from utf8_tokens → `embeddings` [texts, dimension]: see NearestMeaning."""
    torch.onnx.export(
        NearestMeaning(knowledge.encoder, knowledge.prototypes).eval(),
        (utf8_tokens(["brain stem", "left hippocampus"]),),
        str(path),
        opset_version=OPSET,
        dynamo=False,
        input_names=["tokens"],
        output_names=["embeddings"],
        dynamic_axes={"tokens": {0: "texts", 1: "tokens"}, "embeddings": {0: "texts"}},
    )
    onnx.checker.check_model(onnx.load(str(path)))


def embeddings_of_text(path: Path, texts: list[str], threads: int) -> np.ndarray:
    """Embeddings of texts by a text graph: float32 [texts, dimension]."""
    (embeddings,) = open_session(path, threads).run(None, {"tokens": utf8_tokens(texts).numpy()})
    return embeddings


def open_session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def exported_network(package: Path, embeddings: np.ndarray, threads: int, in_int8: bool = False) -> Network:
    """The package's graph as a network for inference.segment: logarithms of probabilities, the background's first.

    @param embeddings [rows, dimension]
    @param in_int8 with the package's int8 graph
    """
    graph = open_session(package / (GRAPH if in_int8 else "graphs/image.onnx"), threads)

    def run(x: torch.Tensor) -> torch.Tensor:
        image = np.ascontiguousarray(x.numpy(), np.float32)
        (probabilities,) = graph.run(None, {IMAGE: image, QUERIES: embeddings})
        background_last = torch.from_numpy(probabilities).T.reshape(-1, *image.shape[2:])
        return background_last.roll(1, 0).log()

    return run


def packaged_network(package: Path, threads: int, in_int8: bool = False) -> tuple[Network, float, str]:
    """A package's network for inference.segment, its voxel spacing in mm, and its description."""
    manifest = json.loads((package / "model.json").read_text(encoding="utf-8"))
    embeddings = embeddings_of_text(package / manifest["mask"]["embeddings"]["file"], manifest["rows"], threads)
    network = exported_network(package, embeddings, threads, in_int8)
    return network, manifest["input"]["spacing"][0], described(manifest, in_int8)


def described(manifest: dict, in_int8: bool) -> str:
    """What was measured, for a table."""
    return f"package {manifest['id']} {manifest['version']} (ONNX{', int8' if in_int8 else ''})"
