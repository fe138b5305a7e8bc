"""CARD.md of a VoxTell package."""

from .package import Published


def card(model: Published, precision: str) -> str:
    return f"""# {model.name}

{model.intended_use}

By {model.source}: {model.repository} (compared with commit {model.commit}).
Rokuss et al., "VoxTell: Free-text promptable universal 3D medical image segmentation", CVPR 2026.

Converted by models/tools/converters of Promptseg from the checkpoint named in model.json, to {precision}. The
conversion was compared with upstream's code on random weights. Promptseg did not measure the accuracy of this
checkpoint on images, and `evaluation` is empty.

## How it works
Turns the image's own axes to RAS, crops to the box of values that are not 0, standardises it, and runs windows of
192 × 192 × 192 voxels, at the image's own spacing, that overlap by half or more. The masks return to the grid of the
source images.

## Limitations
It takes only the texts of vocabulary.json: its text encoder has 4 billion parameters and does not run on the server.
For other texts, convert again with `--text-encoder FOLDER --texts FILE`, or with another bank. A text without a code in
Promptseg's terminology is left out. Left and right come from the orientation in the DICOM header.
"""
