"""How much the volumes of shipped models differ between rescans, by `test/benchmarks/repeatability.mjs`.

The figures are of one state of the weights, so they are kept by the checksum of its image graph: a package of other
weights gets none.
"""

import json
import textwrap
from pathlib import Path

from . import sha256_of

MEASURED = Path(__file__).with_name("repeatability.json")


def repeatability_of(image_graph: Path) -> dict | None:
    """`repeatability` of model.json: `source`, a sentence, and `percent` by target. None if nothing was measured."""
    return json.loads(MEASURED.read_text(encoding="utf-8")).get(sha256_of(image_graph))


def repeatability_section(measured: dict | None) -> str:
    """The end of CARD.md; empty if nothing was measured."""
    if measured is None:
        return ""
    rows = "\n".join(f"| {target.replace('-', ' ')} | {percent} |" for target, percent in measured["percent"].items())
    text = (
        "Two rescans without any change differ by less than this in 95 of 100 cases (1.96·√2·SD, in % of the volume). "
        f"{measured['source']} Structures that an edge of the image cuts off, or that a rescan did not show, have no "
        "figure."
    )
    return f"""
## Repeatability
{textwrap.fill(text, 120)}

| structure | % |
|---|---|
{rows}
"""
