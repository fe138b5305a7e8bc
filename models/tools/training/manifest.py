"""`model.json` of a package of the family 'text-query', for what `training` and `body` train."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from int8.package import MANIFEST_ENTRY
from one_graph import IMAGE, PROBABILITIES, QUERIES

SCHEMA = "promptseg-model/1"
ARTIFICIAL_INTELLIGENCE = {"value": "123110", "scheme": "DCM", "meaning": "Artificial Intelligence"}


@dataclass(frozen=True)
class Model:
    """Descriptive fields of a package."""

    id: str
    name: str
    version: str
    source: str
    intended_use: str
    modalities: Sequence[str]
    body_region: str
    evaluation: Sequence[Mapping]
    repeatability: Mapping | None = None


@dataclass(frozen=True)
class Windows:
    """How the image is cut into windows, see `manifest.ts` of the family.

    mirrored  names of the left and the right side of each pair, if the mirrored image is segmented as well
    """

    size: Sequence[int]
    size_multiple: int
    step: Sequence[int]
    sigma_fraction: float
    start_multiple: int
    foreground: float
    margin: int
    mirrored: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Connected:
    """Rows whose smaller unconnected parts are removed, if below a share of the largest part."""

    rows: Sequence[str]
    smallest_part: float


def text_query_manifest(
    model: Model,
    image: Mapping,
    windows: Windows,
    targets: Mapping[str, Sequence[str]],
    rows: Sequence[str],
    embeddings: Mapping,
    connected: Connected,
    minimum_ml: float,
    graph_bytes: int,
) -> dict:
    """
    image        spacing (mm), outside and intensity of the `input`
    targets      the rows that make each target
    embeddings   of the rows: a bank or a text graph, with its `dimension`
    minimum_ml   volume below which a target is reported as not found
    graph_bytes  peak memory of the image graph on one window
    """
    mirrored = {"mirrored": {"pairs": [list(pair) for pair in windows.mirrored]}} if windows.mirrored else {}
    return {
        "schema": SCHEMA,
        "id": model.id,
        "name": model.name,
        "version": model.version,
        "family": "text-query",
        "source": {"description": model.source},
        "licence": {"spdx": "Apache-2.0"},
        "intendedUse": model.intended_use,
        "researchUseOnly": True,
        "modalities": list(model.modalities),
        "bodyRegions": [model.body_region],
        "algorithm": {
            "name": f"Promptseg {model.id}",
            "version": model.version,
            "source": "Promptseg",
            "familyCode": ARTIFICIAL_INTELLIGENCE,
        },
        "evaluation": list(model.evaluation),
        **({} if model.repeatability is None else {"repeatability": model.repeatability}),
        "selfTest": {"minimumDice": 0.97},
        "input": {"orientation": "RAS", "tensorAxes": "xyz", **image},
        "windows": {
            "size": list(windows.size),
            "sizeMultiple": windows.size_multiple,
            "step": list(windows.step),
            "padding": {"value": 0, "where": "end"},
            "blend": {"kind": "gaussian", "sigmaFraction": windows.sigma_fraction},
            "startMultiple": windows.start_multiple,
            "foreground": {"above": windows.foreground, "margin": windows.margin},
            **mirrored,
        },
        "image": {
            "file": "graphs/image.onnx",
            "input": IMAGE,
            "output": PROBABILITIES,
            "int8": MANIFEST_ENTRY,
        },
        "rows": list(rows),
        "targets": targets,
        "mask": {
            "kind": "in-image-graph",
            "embeddings": embeddings,
            "queriesInput": QUERIES,
        },
        "activation": {"kind": "softmax", "background": "zero-logit"},
        "decision": {
            "kind": "argmax",
            "connected": {"rows": list(connected.rows), "smallestPart": connected.smallest_part},
        },
        "existence": {"minimumVolumeMl": minimum_ml},
        "memory": {"graphBytes": graph_bytes},
    }


def measured(dataset: str, rows: Sequence[tuple[str, float]], source: str) -> list[dict]:
    """Entries of `evaluation`.

    rows    target and Dice
    source  the command that measured them
    """
    return [
        {"dataset": dataset, "target": target, "metric": "Dice", "value": round(dice, 4), "source": source}
        for target, dice in rows
    ]
