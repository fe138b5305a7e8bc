"""`model.json` of `ct-tissues`. CARD.md explains the numbers."""

from __future__ import annotations

from .graph import TISSUES

VERSION = "1.0.0"

NOT_AIR = [name for name, _ in TISSUES if name not in ("gas", "aerated")]
AIR = ["gas", "aerated"]


def measured(target: str, share: float) -> dict:
    """The lowest share of a structure that the target's mask covers, as stated in CARD.md."""
    return {
        "dataset": "abdomen CT, 20 slices of 2 mm, labels of another program",
        "target": target,
        "metric": "share of the structure covered",
        "value": share,
        "source": "CARD.md, Measured",
    }


def rule(identifier: str, region: str, tissues: list, minimum_ml: float) -> dict:
    return {"id": identifier, "region": region, "tissues": tissues, "minimumMl": minimum_ml}


def manifest() -> dict:
    return {
        "schema": "promptseg-model/1",
        "family": "tissue-regions",
        "id": "ct-tissues",
        "name": "CT tissues",
        "version": VERSION,
        "source": {
            "description": (
                "Rules written for Promptseg; nothing was learnt from data. Made by models/tools/ct_tissues/build.py."
            )
        },
        "licence": {"spdx": "Apache-2.0"},
        "intendedUse": (
            "Research. Marks body, bone, lungs, central airways, other air, fat, soft tissue and metal in CT by "
            "thresholds in "
            "Hounsfield units and rules of anatomy. Not for diagnosis; see CARD.md for what it cannot do."
        ),
        "researchUseOnly": True,
        "modalities": ["CT"],
        "algorithm": {
            "name": "Promptseg CT tissues (rule-based)",
            "version": VERSION,
            "source": "Promptseg",
            "familyCode": {"value": "123104", "scheme": "DCM", "meaning": "Morphological Operations"},
        },
        "evaluation": [measured("bone: two vertebrae", 0.89), measured("soft tissue: liver and spleen", 0.99)],
        "repeatability": {
            "source": (
                "Six rescans of a synthetic CT body with voxels of 3 × 3 × 6.25 mm, each turned by up to 3° and "
                "shifted by up to 5 mm, with noise of 4 HU. Not measured in patients."
            ),
            "percent": {
                "body": 0.7,
                "bone": 8.2,
                "left-lung": 1.1,
                "right-lung": 2.3,
                "fat": 1.6,
                "soft-tissue": 1.5,
            },
        },
        "selfTest": {"minimumDice": 0.9},
        "graph": {"file": "graphs/tissues.onnx", "input": "hu", "output": "tissue", "slicesPerRun": 4},
        "tissues": [{"name": name} if bound is None else {"name": name, "fromHU": bound} for name, bound in TISSUES],
        "operations": {
            "coarseGrid": {"edgeMm": 3},
            "body": {"openingMm": 4, "thicknessMm": 10, "minimumMl": 20},
            "lungs": {"minimumMl": 100, "minimumCutMl": 10, "closingMm": 7, "largestHoleMl": 20},
            "airways": {
                "smallestAreaMm2": 40,
                "largestAreaMm2": 700,
                "midlineMm": 50,
                "tracheaMm": 30,
                "leakFactor": 1.8,
            },
            "otherAir": {"minimumMl": 0.2},
            "bone": {
                "minimumMl": 0.3,
                "corticalShare": 0.02,
                "closingMm": 6,
                "largestMarrowMm2": 1600,
                "marrowShare": 0.5,
            },
        },
        "targets": [
            rule("body", "body", [NOT_AIR, "all"], 10),
            rule(
                "bone",
                "bone",
                [
                    ["bone", "cortical", "veryDense"],
                    ["enhanced", "bone", "cortical", "veryDense"],
                    ["fat", "soft", "enhanced", "bone", "cortical", "veryDense"],
                ],
                0.3,
            ),
            rule("left-lung", "leftLung", [AIR, "all"], 10),
            rule("right-lung", "rightLung", [AIR, "all"], 10),
            rule("airways", "airways", [AIR], 5),
            rule("other-air", "otherAir", [AIR], 0.2),
            rule("fat", "fat", [["fat"]], 1),
            rule("soft-tissue", "softTissue", [["soft", "enhanced", "bone"], ["soft", "enhanced"], ["soft"]], 1),
            rule("dense-material", "metal", [["veryDense", "metal"]], 0.1),
        ],
    }
