"""CARD.md of an nnInteractive package."""

from .nninteractive_network import NnInteractive
from .package import Published


def card(model: Published, network: NnInteractive, precision: str) -> str:
    columns, rows, slices = network.configuration.window[::-1]
    terms = model.licence.get("spdx") or model.licence["text"]
    return f"""# {model.name}

{model.intended_use}

**Research use only; not a medical device.** Check every mask.

## Origin and licence
By {model.source}: {model.repository} (compared with release {model.commit}).
Isensee, Rokuss, Krämer et al., "nnInteractive: Redefining 3D Promptable Segmentation", arXiv 2503.08373.

Licence of the weights: {terms}. Upstream's code is Apache-2.0, its published weights are CC BY-NC-SA 4.0: not for
commercial use. Whether masks made with such weights are restricted too is an open question that only their authors can
settle. Promptseg ships no such weights.

Converted by models/tools/converters of Promptseg from the checkpoint named in model.json, to {precision}. The
conversion and the server's steps were compared with upstream's code on random weights. Promptseg did not measure the
accuracy of this checkpoint on images, and `evaluation` is empty.

## How it works
The image is standardised as a whole. A click is a small ball in one of two channels, and counts less with each later
click. The network sees {columns} × {rows} × {slices} voxels around it, with the mask so far and all clicks there.
While its mask changes at the border of this window, it sees more voxels at a lower resolution, up to four times as many
along each axis; what has changed is then marked again at full resolution. It works on the image's own voxels, whatever
their size and orientation.

## Limitations
- A click may change the mask anywhere in the windows that the network saw, also where nobody clicked.
- On a CPU a click takes minutes. Use a GPU.
- Upstream also takes boxes, scribbles and lassos; this package takes clicks.
"""
