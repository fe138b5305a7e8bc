"""SAT-Nano and SAT-Pro: from their checkpoints to a package of the family 'sat'
(server/src/segmenter/families/sat/manifest.ts)."""

import argparse
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from .checkpoint import matched, naming, read_checkpoint, shapes_of, without_copies, without_prefix
from .mpnet import MAXIMUM_TOKENS, MODALITY_CODES, TextConfiguration, TextEncoder
from .onnx_export import export_graph
from .package import Published, finish_package, identity, start_package
from .sat_card import card
from .sat_golden import write_sat_golden
from .sat_network import NANO, PRO, Configuration, Sat, WindowProbabilities, token_positions
from .vocabulary import LONGEST_NAME, target, with_synonyms
from .wordpiece import read_pieces, tokens_of

CONFIGURATIONS = {"sat-nano": NANO, "sat-pro": PRO}
MODALITIES = {"CT": "ct", "MR": "mri", "PT": "pet"}
"""DICOM Modality → SAT's name."""
TERMS = Path(__file__).resolve().parents[1] / "terminology" / "published_terms.json"
ENTRY = "model_state_dict"
COPIES = {
    r"(.*\.convs\.\d+)\.all_modules\.0\.(weight|bias)": r"\1.conv.\2",
    r"(.*\.convs\.\d+)\.all_modules\.1\.(weight|bias)": r"\1.norm.\2",
}
"""Upstream registers every convolution and its norm twice."""
UNUSED = (r"transformer_decoder\.layers\.\d+\.norm1\.(weight|bias)", r"mid_mask_embed_proj\..*")
"""A norm that upstream never calls, and the heads of deep supervision."""
UNUSED_TEXT = (r".*pooler\..*", r".*position_ids", r".*atlas_tower.*", r".*temperature.*")
SPACING = (1, 1, 3)
PROMPTS_PER_RUN = 32
MAPS_AT_THE_PEAK = 6.2
"""Memory of one window in units of its finest feature map: 13.0 GB were measured for SAT-Nano (2.04 GB, weights 0.44
GB) on the CPU."""


@dataclass(frozen=True)
class Weights:
    """A loaded network and text encoder, and their checkpoint."""

    network: Sat
    encoder: TextEncoder
    pieces: list[str]
    checkpoint: Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--text-encoder", type=Path, required=True, help="text_encoder.pth, matching the checkpoint")
    parser.add_argument(
        "--tokenizer", type=Path, required=True, help="tokenizer.json or vocab.txt of FremyCompany/BioLORD-2023-C"
    )
    parser.add_argument(
        "--queries",
        choices=("bank", "graph"),
        default="bank",
        help="ship the embeddings of the vocabulary, or the text encoder (440 MB)",
    )


def convert(name: str, arguments: argparse.Namespace) -> None:
    weights = read_weights(CONFIGURATIONS[name], TextConfiguration(), arguments)
    terms = json.loads(TERMS.read_text(encoding="utf-8"))["SAT"]
    write_sat_package(published(name), weights, {dicom: terms[own] for dicom, own in MODALITIES.items()}, arguments)


def read_weights(configuration: Configuration, text: TextConfiguration, arguments: argparse.Namespace) -> Weights:
    """@raises CheckpointError"""
    state, of_texts = (read_checkpoint(path, ENTRY) for path in (arguments.checkpoint, arguments.text_encoder))
    with naming(arguments.checkpoint):
        network = sat_network(configuration, state)
    with naming(arguments.text_encoder):
        encoder = text_encoder(text, of_texts)
    return Weights(
        network=network,
        encoder=encoder,
        pieces=read_pieces(arguments.tokenizer),
        checkpoint=arguments.checkpoint,
    )


def sat_network(configuration: Configuration, state: Mapping[str, torch.Tensor]) -> Sat:
    """@raises CheckpointError"""
    network = Sat(configuration)
    state = without_copies(without_prefix(state, "module."), COPIES)
    network.load_state_dict(matched(state, shapes_of(network), UNUSED))
    return network.eval().requires_grad_(False)


def text_encoder(configuration: TextConfiguration, state: Mapping[str, torch.Tensor]) -> TextEncoder:
    """@raises CheckpointError"""
    encoder = TextEncoder(configuration)
    encoder.load_state_dict(matched(without_prefix(state, "module."), shapes_of(encoder), UNUSED_TEXT))
    return encoder.eval().requires_grad_(False)


def published(name: str) -> Published:
    size = name.removeprefix("sat-").capitalize()
    return Published(
        id=name,
        name=f"SAT-{size}",
        algorithm=f"SAT-{size}",
        source="Shanghai Jiao Tong University",
        repository="https://github.com/zhaoziheng/SAT",
        commit="5676be5",
        licence={
            "text": (
                "None is stated beside code or weights; ask the authors before any use that the law does not "
                "permit anyway."
            )
        },
        intended_use=(
            "Research. Marks structures and lesions of the whole body in CT, MR and PET by their names "
            "in SAT's vocabulary. "
            "Not for diagnosis; CARD.md says what is known of its accuracy."
        ),
        modalities=tuple(MODALITIES),
    )


def write_sat_package(
    model: Published, weights: Weights, terms: Mapping[str, list[str]], arguments: argparse.Namespace
) -> None:
    """@param terms modality → the terms that the model was trained with"""
    folder: Path = arguments.out
    start_package(folder)
    write_window_graph(weights.network, folder / "graphs" / "window.onnx", arguments.precision)
    bank = {modality: queries(weights, own, modality) for modality, own in terms.items()}
    if arguments.queries == "bank":
        (folder / "queries.f32").write_bytes(np.concatenate(list(bank.values())).astype("<f4").tobytes())
    else:
        write_text_graph(weights.encoder, folder / "graphs" / "text.onnx", arguments.precision)
        (folder / "graphs" / "pieces.txt").write_text("\n".join(weights.pieces) + "\n", encoding="utf-8")
    targets = sat_targets(terms)
    by_term = {known["modelTerm"]: known["id"] for known in targets}
    write_sat_golden(folder, weights.network, bank["CT"], [by_term[term] for term in terms["CT"]])
    manifest = {
        **identity(model, weights.checkpoint, minimum_dice=0.9),
        **sat_manifest(weights.network, terms, arguments.queries),
        "targets": {identifier: term for term, identifier in by_term.items()},
    }
    finish_package(
        folder, model, manifest, {"targets": targets, "groups": []}, card(model, arguments.precision), arguments.licence
    )


def write_window_graph(network: Sat, path: Path, precision: str) -> None:
    """`image` [1, 1, z, y, x] and `queries` [prompts, dimension] → `probabilities` [z, y, x, prompts], for the
    network's window."""
    c = network.configuration
    x, y, z = c.window
    # A small example is enough: only the positions of the tokens depend on the size, and they are inserted afterwards.
    example = (64, 64, 32)
    export_graph(
        WindowProbabilities(network),
        {
            "image": torch.zeros(1, 1, *example[::-1]),
            "queries": torch.zeros(3, c.dimension),
            "position": token_positions(example, c.dimension),
        },
        ["probabilities"],
        path,
        dynamic={
            "image": {2: "z", 3: "y", 4: "x"},
            "queries": {0: "prompts"},
            "position": {0: "tokens"},
            "probabilities": {0: "z", 1: "y", 2: "x", 3: "prompts"},
        },
        constants={"position": token_positions(c.window, c.dimension).numpy()},
        shapes={"image": [1, 1, z, y, x], "probabilities": [z, y, x, "prompts"]},
        precision=precision,
    )


def write_text_graph(encoder: TextEncoder, path: Path, precision: str) -> None:
    """int64 `tokens` [texts, tokens] and `modalities` [texts] → `queries` [texts, dimension]"""
    export_graph(
        encoder,
        {
            "tokens": torch.tensor([[105, 200, 106, 0], [105, 200, 201, 106]])
            % encoder.text_tower.biolord.embeddings.word_embeddings.num_embeddings,
            "modalities": torch.tensor([0, 1]),
        },
        ["queries"],
        path,
        dynamic={"tokens": {0: "texts", 1: "tokens"}, "modalities": {0: "texts"}, "queries": {0: "texts"}},
        precision=precision,
    )


def queries(weights: Weights, terms: list[str], modality: str) -> np.ndarray:
    """float32 [terms, dimension]: the text encoder's embeddings of a modality's terms."""
    with torch.no_grad():
        return torch.cat(
            [
                weights.encoder(tokens_of([term], weights.pieces), torch.tensor([MODALITY_CODES[modality]]))
                for term in terms
            ]
        ).numpy()


def sat_targets(terms: Mapping[str, list[str]]) -> list[dict]:
    """One target per name, in the modalities for which the model was trained on it."""
    modalities: dict[str, list[str]] = {}
    for modality, own in terms.items():
        for term in own:
            modalities.setdefault(term, []).append(modality)
    return with_synonyms([target(term, known, name=_label(term)) for term, known in modalities.items()])


def _label(term: str) -> str:
    """The term; if it is too long for a Segment Label, with short names of vertebrae."""
    if len(term) <= LONGEST_NAME:
        return term
    return re.sub(r"\w+ vertebrae \d+ \(([a-z]\d+)\)", lambda match: match[1].upper(), term)


def sat_manifest(network: Sat, terms: Mapping[str, list[str]], queries_as: str) -> dict:
    c = network.configuration
    dimension = c.dimension
    voxels = int(np.prod(c.window))
    finest_map = 4 * c.widths[0] * voxels
    parameters = sum(tensor.numel() for tensor in network.state_dict().values())
    by_percentiles = [
        {
            "step": "clip-percentiles",
            "low": {"percent": 0.5, "scope": "all"},
            "high": {"percent": 99.5, "scope": "all"},
        },
        {"step": "z-score", "scope": "all"},
    ]
    return {
        "family": "sat",
        "input": {
            "orientation": "RAS",
            "spacing": list(SPACING),
            "intensity": {
                modality: [{"step": "clip", "low": -500, "high": 1000}, {"step": "z-score", "scope": "all"}]
                if modality == "CT"
                else by_percentiles
                for modality in terms
            },
        },
        "window": list(c.window),
        "graph": {
            "file": "graphs/window.onnx",
            "image": "image",
            "queries": "queries",
            "output": "probabilities",
            "promptsPerRun": PROMPTS_PER_RUN,
        },
        "terms": {modality: list(own) for modality, own in terms.items()},
        "queries": {"kind": "bank", "file": "queries.f32", "dimension": dimension}
        if queries_as == "bank"
        else {
            "kind": "text-graph",
            "file": "graphs/text.onnx",
            "tokens": "tokens",
            "modalities": "modalities",
            "output": "queries",
            "dimension": dimension,
            "pieces": "graphs/pieces.txt",
            "maximumTokens": MAXIMUM_TOKENS,
            "modalityCodes": {modality: MODALITY_CODES[modality] for modality in terms},
        },
        "threshold": 0.5,
        "existence": {"minimumVolumeMl": 0},
        "memory": {
            "graphBytes": round(4 * parameters + MAPS_AT_THE_PEAK * finest_map),
            "bytesPerPrompt": 3 * 4 * voxels,
        },
    }
