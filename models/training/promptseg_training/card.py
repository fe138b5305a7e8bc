"""CARD.md of the package."""

from .base_classes import CLASS_NAMES
from .evaluate import as_table
from .settings import Settings

AIM = 0.82
PLANNED_STEPS = Settings().steps


def card(step: int, settings: Settings, evaluation: dict | None, contrasts: dict | None, knowledge: dict | None) -> str:
    measured = as_table(evaluation) if evaluation else "Not measured.\n"
    by_contrast = ", ".join(f"{name} {value:.3f}" for name, value in contrasts.items()) if contrasts else "not measured"
    understood = (
        "\n".join(f"- {name.replace('_', ' ')}: {100 * share:.1f} %" for name, share in knowledge.items()) + "\n"
        if knowledge
        else "Not measured.\n"
    )
    return f"""# Head

Marks {len(CLASS_NAMES)} structures of brain and head, and unions of them, in MR of any contrast from text; in CT as far as CT shows them.
**Research use only; not a medical device.** Look at every mask before you use a figure from it.

## Intended use
Volumes and outlines of the brain's structures in research, first marks to be corrected by hand, and trying Promptseg. Adults, a whole
head or most of one, voxels of up to about 3 mm. Not for diagnosis, treatment or any decision about a patient.

## How it was made
A 3-D U-Net ({", ".join(map(str, settings.widths))} channels) on a grid of {settings.spacing:g} mm gives every voxel a feature
vector of length {settings.dimension}; its product with the embedding of a text is that text's logit. The {len(CLASS_NAMES)} base classes
and the background compete at every voxel, so that a prompt's mask is the same alone and among others. The network sees every part of the
head twice, as it is and mirrored, and the mean of both answers counts. Small parts called brain that lie apart from it are left out: a
tongue, which the label maps do not have, was taken for cerebellum.

It was trained for {step} steps of batch {settings.batch} on synthetic images only: deformed label maps with random contrast, bias
field, noise, resolution, skull-stripping and field of view (the method of SynthSeg, Billot et al., Medical Image Analysis 2023), from the
middle of the training on also with the contrast of CT.

## Data, licence and attribution
| what | from | licence |
|---|---|---|
| {20 - settings.held_out} label maps of heads, trained on | SynthSeg, github.com/BBillot/SynthSeg | Apache-2.0 |
| {settings.held_out} more of them, for validation and the self-test only | the same | Apache-2.0 |
| one real T1 with FreeSurfer labels, measured on only | the test scan of voxelmorph, github.com/voxelmorph/voxelmorph | Apache-2.0 |
| MeshNets, compared with only | brainchop, github.com/neuroneural/brainchop | MIT |
| names, definitions, codes | our own table; SNOMED CT codes as DICOM PS3.16 lists them | Apache-2.0 |

No real image was trained on. The package is under the Apache License 2.0 (LICENSE). The names of the tissues outside the brain were
inferred from the maps, which have no legend.

## Measured
On the real scan (skull-stripped, 1 mm), never trained on, beside the MeshNets on the same image. One scan is little: a figure for
another scanner or patient may differ much. Dice:

{measured}
The aim is a mean of {AIM:.2f}. What limits the figure is the length of the training, {step} of the {PLANNED_STEPS} steps that were planned
(it rose with every thousand), and then that 18 heads were shown. The grid limits it less: the true labels, brought to 2 mm and back, keep
0.86 to 0.92, by how they are sampled; eight grids that together have a point at every mm gave 0.004 more than one (at step 12,100). To go
on with a run:

    python -m promptseg_training train RUN --data DATA/train/brain_label_maps/data --steps {PLANNED_STEPS} --cool-down 6000

Anybody can measure the package again (models/training/README.md):

    python -m promptseg_training evaluate OUT --package models/head --data DATA/train/brain_t1_eval/data \\
        --meshnets DATA/models/brainchop_meshnet

### Other contrasts
Mean Dice over the 17 structures on the same synthetic heads, made from the {settings.held_out} maps that were not trained on:
{by_contrast}.

### Text
What a prompt means is decided by the server's vocabulary resolver, not by a network; `test/segmenter/headText.test.ts` measures it: absent
names refused, names with typing errors, and names of atlases and terminologies that are not in the vocabulary.
When the model is opened, the text encoder (graphs/text.onnx) turns the names of the {len(CLASS_NAMES)} base classes into
queries: for each, the prototype that is nearest to what it makes of the text. Texts that it understood rightly:
{understood}
## CT
CT was trained on as synthetic contrast only, and no CT with a truth was measured. In CT, skull, skin, eyes, the outline of the brain
and the ventricles can be seen; grey and white matter differ by about 8 HU, less than the noise of many scans, and the deep nuclei hardly
differ from what is around them. Take marks of the nuclei, of the cortex against white matter, and of the hippocampus in CT for a guess
from the shape of the head. Beam hardening at the skull base, contrast medium and metal were not trained on.

## What it cannot do
- It knows no disease: tumours, bleeding and infarcts are taken for the tissue that they resemble.
- Children below about two years, whose contrast between grey and white matter is reversed, and heads after operations were not trained on.
- Thin structures suffer from the {settings.spacing:g} mm grid, the temporal horns most.
- Contrasts other than T1 were measured on synthetic images only.
- Labels of skin, skull and soft tissue of the face are as coarse as the maps that they were learnt from.
"""
