"""CARD.md of the package, from what was measured."""

from collections.abc import Mapping
from textwrap import fill

from body.card import BODYPARTS3D, HRA

from .tissues import KINDS

INTRODUCTION = (
    "From the image, not the tags: which regions of the body a volume shows, slice by slice, how it is oriented, and "
    "whether it is CT, PET, or which kind of MR contrast. Each place of a coarse grid gets its position in a standard "
    "body, and how certain that is; the program that uses the package lays an affine map through these places."
)
TRAINING = (
    "Trained on synthetic images only: bodies of models/tools/body (one man's anatomy, organ by organ exchanged, moved "
    "and deformed) from the neck to mid-thigh, with 20 head label maps (SynthSeg's, Apache-2.0) on their necks; from "
    "one vertebra to a whole body, cut anywhere, turned every way, of random contrast. No real image was used."
)


def card(step: int, measured: Mapping[str, dict]) -> str:
    """@param measured series → what `measure` found, with `kind` and `regions` of the series as people see them"""
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
            "Real series, never trained on; few, and one of each, so the figures are an impression. Each was turned "
            "all 48 ways (24 rotations, 24 mirror images). Right: the whole orientation; up: head to feet and front "
            "to back, whatever the side. Height: of the lowest and the highest slice in the standard body (soles "
            "-77 mm, vertex 1642 mm), median. Kind: how many of the 48 turns."
        )
    }

{table(measured)}

{_wrong(measured)}

## Limitations
- Left and right of a head, of a thigh and of a neck look alike: there the array is taken to be right-handed, and a
  mirror image is not recognised. In a trunk, liver, heart and spleen decide.
- The kinds are {", ".join(KINDS)}. Contrast medium, sequences with fat suppression and diffusion fall under the
  nearest; `other` is what shows no body.
- Below mid-thigh, forearms and hands are unknown: they are taken for something else. Children, pregnancy, and bodies
  after operations were not trained on.
- A standard body has one size: heights are where a place would be in a man of 1.72 m.
"""


def table(measured: Mapping[str, dict]) -> str:
    """One line for each series."""
    lines = [
        "| series | right of 48 | up of 48 | side of 48 | heights, mm | shown | kind | no body | residual, weight |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, own in measured.items():
        kinds = ", ".join(f"{kind} {count}" for kind, count in own["found"]["kinds"].items())
        found = own["found"]
        heights = "" if found["low"] is None else f"{found['low']:.0f} to {found['high']:.0f}"
        fitted = "" if found["residual"] is None else f"{found['residual']:.0f}, {found['weight']:.1f}"
        cells = (
            name,
            found["turns"],
            found["upright"],
            found["sided"],
            heights,
            ", ".join(found["regions"]),
            kinds,
            found["no_body"],
            fitted,
        )
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def _wrong(measured: Mapping[str, dict]) -> str:
    """What people see otherwise."""
    lines = []
    for name, own in measured.items():
        found = own["found"]
        if own["regions"] and list(found["regions"]) != list(own["regions"]):
            lines.append(f"- {name}: people see {', '.join(own['regions'])}.")
        if own["regions"] and found["no_body"]:
            lines.append(f"- {name}: no body was seen in {found['no_body']} of 48 turns.")
        if not own["regions"] and found["no_body"] < 48:
            lines.append(f"- {name}: a body was seen in {48 - found['no_body']} of 48 turns; there is none.")
        right = found["kinds"].get(own["kind"], 0)
        if right < 48:
            lines.append(f"- {name}: the kind is {own['kind']}, found in {right} of 48 turns.")
        if own.get("vertebrae"):
            errors = own["vertebrae"]
            mean = sum(abs(error) for error in errors) / len(errors)
            lines.append(f"- {name}: {len(errors)} vertebrae, mean distance in height {mean:.0f} mm.")
    return "\n".join(_wrapped(line, "  ") for line in lines)


def _wrapped(text: str, indent: str = "") -> str:
    return fill(text, width=120, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
