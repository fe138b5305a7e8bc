"""CARD.md of the package."""

from .evaluate import as_table
from .settings import Settings


def card(step: int, settings: Settings, evaluation: dict | None, knowledge: dict | None) -> str:
    measured = as_table(evaluation) if evaluation else "Not measured.\n"
    understood = (
        "\n".join(f"- {name.replace('_', ' ')}: {100 * share:.1f} %" for name, share in knowledge.items()) + "\n"
        if knowledge
        else "Not measured.\n"
    )
    return f"""# Head in MR

Marks 38 structures of brain and head, and unions of them, in MR of any contrast, from text.
**Research use only; not a medical device.** Look at every mask before you use a figure from it.

## How it was made
A 3-D U-Net ({", ".join(map(str, settings.widths))} channels) on a grid of {settings.spacing:g} mm gives every voxel a feature
vector of length {settings.dimension}; its product with the embedding of a text is that text's logit. The 38 base classes and the
background compete at every voxel, so that a prompt's mask is the same alone and among others.

It was trained for {step} steps of batch {settings.batch} on synthetic images only: deformed label maps with random contrast, bias
field, noise, resolution, skull-stripping and field of view (the method of SynthSeg, Billot et al., Medical Image Analysis 2023).
{20 - settings.held_out} of the 20 label maps were used, and no real image. The maps are SynthSeg's (github.com/BBillot/SynthSeg,
Apache-2.0). The names of the tissues outside the brain were inferred from the maps, which have no legend.

## Measured
One real skull-stripped T1 with FreeSurfer labels (voxelmorph's test scan, Apache-2.0), 1 mm, never trained on, beside brainchop's
MeshNets (MIT) on the same image. One scan is little: a figure for another scanner or patient may differ much. Dice:

{measured}
The text encoder behind the embeddings, texts that were understood rightly:
{understood}
## What it cannot do
- It knows no disease: tumours, bleeding and infarcts are taken for the tissue that they resemble.
- CT is not supported: its intensities would need another normalisation.
- Thin structures suffer from the {settings.spacing:g} mm grid, the temporal horns most.
- Contrasts other than T1 were measured on synthetic images only.
- Labels of skin, skull and soft tissue of the face are as coarse as the maps that they were learnt from.
"""
