"""CARD.md of a BiomedParse v1 package."""

from argparse import Namespace

from .biomedparse_2d_targets import CT_WINDOWS
from .existence import MINIMUM_PROBABILITY
from .package import Published


def card(model: Published, arguments: Namespace) -> str:
    windows = ", ".join(
        f"{name} {w['level'] - w['width'] / 2:g} to {w['level'] + w['width'] / 2:g}" for name, w in CT_WINDOWS.items()
    )
    free_text = (
        "other words, used verbatim; accuracy unknown" if arguments.free_text else "no; converted without --free-text"
    )
    return f"""# {model.name}

{model.intended_use} Converted from {arguments.checkpoint.name} ({arguments.precision}).

By {model.source}: {model.repository} (compared with commit {model.commit}).
Zhao et al., "A foundation model for joint segmentation, detection and recognition of biomedical objects across nine
modalities", Nature Methods 22:166.

- Prompts: its vocabulary, each as "<object> in <site> <modality>". Prompts of one request are independent.
- Free text: {free_text}.
- Every image, and every slice of a series, is processed separately. Grey images are stretched between the minimum and
  maximum of that one image; CT in the window of the site (HU): {windows}.
- A mask counts if, by brightness and certainty, it resembles the masks of that object in training: four Beta
  distributions published by its authors, p of at least {MINIMUM_PROBABILITY}. Objects without such distributions are
  judged by their masks alone.
- Brain tumours need the sequence used in training (FLAIR: edema, whole tumor, lower-grade glioma; T1 with
  gadolinium: tumor core, enhancing and non-enhancing tumor). Nothing checks that the series is one of these.
- Whole slides (the ninth modality) are processed in tiles of the network's own size, each as a separate image. Of the
  objects of histology, those with published distributions are here: four kinds of cells.

The conversion was compared with upstream's code on random weights. Promptseg did not measure the accuracy of this
checkpoint on images, and `evaluation` is empty.
"""
