"""CARD.md of the package."""

from textwrap import fill

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
    network = (
        f"A 3-D U-Net ({', '.join(map(str, settings.widths))} channels) on a grid of {settings.spacing:g} mm gives "
        f"every voxel a feature vector of length {settings.dimension}; its product with the embedding of a text is "
        f"that text's logit. The {len(CLASS_NAMES)} base classes and the background compete at every voxel, so other "
        "prompts do not change a mask. The network sees every part of the head twice, original and mirrored, and the "
        "mean of both outputs is used. Small parts called brain that are separate from it are removed: a tongue, "
        "which the label maps do not contain, was labelled cerebellum."
    )
    training = (
        f"It was trained for {step} steps of batch {settings.batch} on synthetic images only: deformed label maps with "
        "random contrast, bias field, noise, resolution, skull-stripping and field of view (the method of SynthSeg, "
        "Billot et al., Medical Image Analysis 2023); from the middle of the training on also with the contrast of CT."
    )
    limits = (
        f"The goal is a mean of {AIM:.2f}. The main limit is the length of the training: {step} of {PLANNED_STEPS} "
        "planned steps (the figure rose with every thousand). The second is the number of training heads, 18. The "
        "grid matters less: the true labels, resampled to 2 mm and back, keep 0.86 to 0.92, depending on the "
        "sampling; eight grids that together have a point at every mm gave 0.004 more than one (at step 12,100). To "
        "continue a run:"
    )
    contrasts_measured = (
        f"Mean Dice over the 17 structures on the same synthetic heads, made from the {settings.held_out} maps that "
        f"were not used for training: {by_contrast}."
    )
    text = (
        "The server's vocabulary resolver decides what a prompt means, not a network; "
        "`test/segmenter/headText.test.ts` measures it: absent names are refused; misspelt names, and names from "
        "atlases and terminologies that are not in the vocabulary. When the model is opened, the text encoder "
        f"(graphs/text.onnx) turns the names of the {len(CLASS_NAMES)} base classes into queries: for each, the "
        "prototype nearest to its embedding. Texts that it understood correctly:"
    )
    return f"""# Head

Segments {len(CLASS_NAMES)} structures of brain and head, and unions of them, from text, in MR of any contrast; in CT
as far as CT shows them.

**Research use only; not a medical device.** Check every mask before you use a figure from it.

## Intended use
Volumes and outlines of the brain's structures in research, first segmentations for manual correction, and trying
Promptseg. Adults, a whole head or most of one, voxels of up to about 3 mm. Not for diagnosis, treatment or any
decision about a patient.

## How it was made
{wrapped(network)}

{wrapped(training)}

## Data, licence and attribution
| what | from | licence |
|---|---|---|
| {20 - settings.held_out} label maps of heads, for training | SynthSeg, github.com/BBillot/SynthSeg | Apache-2.0 |
| {settings.held_out} more of them, only for validation and the self-test | the same | Apache-2.0 |
| one real T1 with FreeSurfer labels, only measured on | test scan of github.com/voxelmorph/voxelmorph | Apache-2.0 |
| MeshNets, only compared with | brainchop, github.com/neuroneural/brainchop | MIT |
| names, definitions, codes | our own table; SNOMED CT codes as DICOM PS3.16 lists them | Apache-2.0 |

No real image was used for training. The package is under the Apache License 2.0 (LICENSE). The maps have no legend;
the names of the tissues outside the brain were inferred.

## Measured accuracy
On the real scan (skull-stripped, 1 mm), never trained on, compared with the MeshNets on the same image. One scan is
little evidence: other scanners or patients may give very different figures. Dice:

{measured}
{wrapped(limits)}

    python -m training train RUN --data DATA/train/brain_label_maps/data --steps {PLANNED_STEPS} --cool-down 6000

To measure the package again (models/tools/training/README.md):

    python -m training evaluate OUT --package models/head --data DATA/train/brain_t1_eval/data \\
        --meshnets DATA/models/brainchop_meshnet

### Other contrasts
{wrapped(contrasts_measured)}

### Text
{wrapped(text)}

{understood}
## CT
CT was used in training only as synthetic contrast, and no CT with ground truth was measured. CT shows skull, skin,
eyes, the outline of the brain and the ventricles. Grey and white matter differ by about 8 HU, less than the noise of
many scans, and the deep nuclei hardly differ from their surroundings. Treat masks of the nuclei, of the cortex against
white matter, and of the hippocampus in CT as rough estimates from the shape of the head. Beam hardening at the skull
base, contrast medium and metal were not part of the training.

## Limitations
- It knows no disease: tumours, bleeding and infarcts are labelled as the tissue that they resemble.
- Children below about two years, whose contrast between grey and white matter is reversed, and post-operative heads
  were not part of the training.
- Thin structures suffer from the {settings.spacing:g} mm grid, the temporal horns most.
- Contrasts other than T1 were measured on synthetic images only.
- Labels of skin, skull and soft tissue of the face are as coarse as the training maps.
"""


def wrapped(text: str) -> str:
    return fill(text, width=120, break_long_words=False, break_on_hyphens=False)
