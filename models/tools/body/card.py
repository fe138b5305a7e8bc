"""CARD.md of the package."""

from textwrap import fill

from .evaluate import ENOUGH_ML, FLOOR, as_table, shipped_classes
from .labels import CLASS_COUNT
from .settings import Settings
from .vocabulary import STRUCTURES, shippable

BODYPARTS3D = (
    "Trained on label maps derived from BodyParts3D 4.0, (c) The Database Center for Life Science, licensed under CC "
    "Attribution 4.0 International; geometry obtained through a decimated mirror that carries the earlier notice CC "
    "Attribution-Share Alike 2.1 Japan; scaled, voxelised and completed with synthetic tissue."
)
"""The sentence of train/body_meshes/README.md."""
HRA = (
    "Contains 3D reference organs of the Human Reference Atlas (HuBMAP), CC BY 4.0, made from the Visible Human data "
    "of the National Library of Medicine; creators: Kristen Browne and Heidi Schlehlein, 2021 and 2022"
)
HRA_ORGANS = (
    ("Liver, Male v1.1", "10.48539/HBM677.HVRF.764"),
    ("Liver, Female v1.1", "10.48539/HBM798.JZZM.649"),
    ("Spleen, Male v1.2", "10.48539/HBM662.GMWC.569"),
    ("Spleen, Female v1.2", "10.48539/HBM459.JHVH.373"),
    ("Kidney, Male, Left v1.2", "10.48539/HBM562.JGPS.244"),
    ("Kidney, Male, Right v1.2", "10.48539/HBM272.ZVPQ.979"),
    ("Kidney, Female, Left v1.2", "10.48539/HBM898.QGVV.734"),
    ("Kidney, Female, Right v1.2", "10.48539/HBM487.ZGCW.688"),
    ("Ureter, Male, Left v1.1", "10.48539/HBM473.XWNL.438"),
    ("Ureter, Male, Right v1.1", "10.48539/HBM878.DBSR.759"),
    ("Ureter, Female, Left v1.1", "10.48539/HBM923.WCQQ.623"),
    ("Ureter, Female, Right v1.1", "10.48539/HBM669.RFNC.442"),
    ("Pancreas, Male v1.1", "10.48539/HBM992.BMVW.775"),
    ("Pancreas, Female v1.1", "10.48539/HBM338.VKSF.574"),
    ("Urinary Bladder, Male v1.1", "10.48539/HBM934.DMHJ.898"),
    ("Urinary Bladder, Female v1.1", "10.48539/HBM235.KQNP.897"),
    ("Prostate, Male v1.1", "10.48539/HBM229.TSCH.665"),
    ("Uterus v1.1", "10.48539/HBM228.JBNJ.299"),
)
"""Reference organs used for training, and their DOIs."""


def card(step: int, settings: Settings, scans: dict, averaged: tuple[int, ...] = ()) -> str:
    """@param averaged the steps whose weights were averaged, if they were"""
    shipped = shipped_classes(scans)
    named = shippable(shipped)
    left_out = [structure.name for structure in STRUCTURES if structure not in named]
    organs = "\n".join(f"{organ} (doi {doi})," for organ, doi in HRA_ORGANS).rstrip(",")
    widths = ", ".join(map(str, settings.widths))
    network = (
        f"A 3-D U-Net ({widths} channels, at {2 * settings.spacing:g} mm), refined at {settings.spacing:g} mm, gives "
        f"every voxel a feature vector of length {settings.dimension}; its product with the code of a text is its "
        f"logit. {CLASS_COUNT} classes and the outside compete at every voxel, so other prompts do not change a mask. "
        "Parts called body that are separate from the patient (a table) are removed."
    )
    mean = f"\nThe weights are the mean of those at the steps {listed(averaged)}." if averaged else ""
    return f"""# Body

{wrapped(f"Segments {len(rows(named))} organs, bones and muscles of the trunk in CT from text: {names(named)}.")}

**Research use only; not a medical device.** Check every mask before you use a figure from it.

## Intended use
First segmentations for manual correction, rough volumes in research, and trying Promptseg. CT of adults from the neck
to the thighs. Not for diagnosis, treatment or any decision about a patient. For lungs, airways, bone as a whole, fat
and the body's outline, the package `ct-tissues` is better.

## How it was made
{wrapped(network)}

It was trained for {step} steps, on synthetic CT only: bodies assembled from meshes, organ by organ, each moved,
scaled, turned, bent, exchanged or left out, with any thickness of fat and any phase of contrast.{mean}

## Data, licence and attribution
{wrapped(BODYPARTS3D)}

Cite: Mitsuhashi N. et al., BodyParts3D: 3D structure database for anatomical concepts, Nucleic Acids Res.
2009;37:D782-5 (doi 10.1093/nar/gkn613).

{wrapped(HRA + ":")}
{organs}.

Only measured on, never trained on: the example CT of TotalSegmentator (Apache-2.0 repository) and part of a CT from
its tests. No real image was used for training. The package is under the Apache License 2.0 (LICENSE).

## Measured accuracy
Dice on real CT with silver labels: TotalSegmentator made them, and nobody corrected them. They are development scans:
priors of the synthetic images and the weights were chosen with them in mind, so the figures flatter the model. One or
two scans are few; other scanners or patients may give very different figures.

{as_table(scans)}
A class ships if its Dice is at least {FLOOR:.2f} on every scan that contains {ENOUGH_ML:g} mL of it.

## Limitations
{wrapped(f"- Not available, because below the required Dice or not measured: {', '.join(left_out)}.", "  ")}
- It knows no disease except masses in the liver and outside the organs, cysts, ascites, hydronephrosis, effusions and
  calcified arteries. It names none of them; masses in an organ count as the organ.
- Beside ascites and large masses its organs are less reliable: it labels some of the fluid as liver.
- It was trained on one man's topology with exchanged organs, without children, pregnancy or post-operative anatomy.
- The {settings.spacing:g} mm grid rounds borders and loses thin structures.
- It does not detect images of other body parts. It may find part of a target that is outside the field of view.
- What limits it is probably how far synthetic images are from real ones: longer training lowered the synthetic loss and
  left these figures nearly as they were. `models/tools/body/README.md` has the runs, and how to continue.
"""


def listed(steps: tuple[int, ...]) -> str:
    *others, last = map(str, steps)
    return f"{', '.join(others)} and {last}" if others else last


def names(structures) -> str:
    return ", ".join(structure.name for structure in structures)


def wrapped(text: str, indent: str = "") -> str:
    return fill(text, width=120, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def rows(structures) -> list[str]:
    return [name for structure in structures for name in structure.classes]
