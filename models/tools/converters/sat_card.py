"""CARD.md of a SAT package."""

from .package import Published


def card(model: Published, precision: str) -> str:
    return f"""# {model.name}

{model.intended_use}

By {model.source}: {model.repository} (compared with commit {model.commit}).
Zhao et al., "Large-vocabulary segmentation for medical images with text prompts", npj Digital Medicine 8:566.

Converted by models/tools/converters of Promptseg from the checkpoint named in model.json, to {precision}. The
conversion was compared with upstream's code on random weights. Promptseg did not measure the accuracy of this
checkpoint on images, and `evaluation` is empty.

## How it works
Resamples to 1 × 1 × 3 mm, crops to the box of values above 0, standardises it, and runs windows of 288 × 288 × 96
voxels that overlap by half. The masks return to the grid of the source images.

## Limitations
It knows only the terms of vocabulary.json. Each term was trained in the modalities listed with it; in others it is not
requested. Left and right come from the orientation in the DICOM header.
"""
