"""CARD.md of the package, from what was measured."""

from collections.abc import Mapping
from textwrap import fill

from body.card import BODYPARTS3D, HRA

from .tissues import KINDS

INTRODUCTION = (
    "From the image, not the tags: which regions of the body a volume shows, slice by slice, how it is oriented, and "
    "whether it is CT, PET, or which kind of MR contrast. Every two slices of 8 mm get probabilities of their height "
    "in a standard body; the program that uses the package lays a line through them."
)
TRAINING = (
    "Trained on synthetic images only: bodies of models/tools/body (one man's anatomy, organ by organ exchanged, moved "
    "and deformed) from the neck to mid-thigh, with 20 head label maps (SynthSeg's, Apache-2.0) on their necks; from "
    "one vertebra to a whole body, cut anywhere, of random contrast, a quarter turned. No real image was used."
)


def card(step: int, measured: Mapping[str, dict], certain: float) -> str:
    """@param certain certainty from which on the heights count
    @param measured series → what `measure` found, with `kind` and `regions` of the series as people see them"""
    return f"""# Field of view

{_wrapped(INTRODUCTION)}

**Research use only; not a medical device.** It checks tags and chooses models; check what it says.

## Data, licence and attribution
{_wrapped(TRAINING)} {step} steps.

{_wrapped(BODYPARTS3D)}

Cite: Mitsuhashi N. et al., BodyParts3D: 3D structure database for anatomical concepts, Nucleic Acids Res.
2009;37:D782-5 (doi 10.1093/nar/gkn613). {HRA.split(",", maxsplit=1)[0]},
CC BY 4.0: organs and creators are in the card of the package `body`.

The package is under the Apache License 2.0.

## Measured
{
        _wrapped(
            "Real series, never trained on; few, and one of each, so the figures are an impression. Heights: of the "
            "lower and the upper end in the standard body (soles -77 mm, vertex 1642 mm). Certainty: share of the "
            f"probability within 50 mm of the line through all slices; from {certain} on the heights count. "
            "Upright: probability that the series stands as its tags say, and the highest of the 23 other rotations."
        )
    }

{table(measured)}

{_wrong(measured)}

## Limitations
- A mirror image is not recognised: left and right look alike to it.
- The kinds are {", ".join(KINDS)}. Contrast medium, sequences with fat
  suppression and diffusion fall under the nearest; `other` is what shows no body. The contrast of an MR is often taken
  for another one.
- Below mid-thigh, forearms and hands are unknown: they are taken for something else. Children, pregnancy, and bodies
  after operations were not trained on.
- A standard body has one size: heights are where a place would be in a man of 1.72 m.
"""


def table(measured: Mapping[str, dict]) -> str:
    """One line for each series."""
    lines = [
        "| series | kind | upright, next | heights, mm | scale, certainty | shown |",
        "|---|---|---|---|---|---|",
    ]
    for name, own in measured.items():
        found = own["found"]
        seen = found["low"] is not None
        cells = (
            name,
            f"{found['kind']} {found['kind_probability']:.2f}",
            f"{found['upright']:.2f}, {found['next_best']:.2f}",
            f"{found['low']:.0f} to {found['high']:.0f}" if seen else "no body",
            f"{found['scale']:.2f}, {found['certainty']:.2f}" if seen else "",
            ", ".join(found["regions"]),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _wrong(measured: Mapping[str, dict]) -> str:
    """What people see otherwise, and errors of vertebrae."""
    lines = []
    for name, own in measured.items():
        found = own["found"]
        if list(found["regions"]) != list(own["regions"]):
            lines.append(f"- {name}: people see {', '.join(own['regions']) or 'no body'}.")
        if own["kind"] != found["kind"]:
            lines.append(f"- {name}: the kind is {own['kind']}.")
        if own["regions"] and not found["rotation"]:
            lines.append(f"- {name}: another rotation seems more upright.")
        if own["vertebrae"]:
            errors = own["vertebrae"]
            mean = sum(abs(error) for error in errors) / len(errors)
            lines.append(f"- {name}: {len(errors)} vertebrae, mean distance in height {mean:.0f} mm.")
    return "\n".join(_wrapped(line, "  ") for line in lines)


def _wrapped(text: str, indent: str = "") -> str:
    return fill(text, width=120, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
