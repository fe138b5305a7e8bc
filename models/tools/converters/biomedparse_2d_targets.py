"""The targets of BiomedParse v1, the images they occur in, and their prompts.

Its objects are those of the authors' ontology (Zhao et al., Nature Methods 22:166, 2025). A training prompt is "<word>
in <site> <modality>", all three from the name of the mask's file (biomedparse_datasets/create-customer-datasets.py);
the words below are those of the file names in figures/results/dataset_results of upstream's repository, or the
ontology's if no file is listed. Of histology, the kinds of cells are here; glands of the colon and cells of the breast
are left out, because upstream publishes neither their words nor their distributions. So is "middle lung lobe", another
name of the right middle lobe.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

# Level and width in HU of upstream's windows (inference_utils/processing_utils.py).
CT_WINDOWS = {
    "abdomen": {"level": 50, "width": 400},
    "lung": {"level": 0, "width": 2000},
    "pelvis": {"level": 72.5, "width": 255},
    "liver": {"level": 102.5, "width": 255},
    "colon": {"level": 59.5, "width": 255},
    "pancreas": {"level": 50, "width": 300},
}
EXISTENCE = Path(__file__).resolve().parent / "facts" / "biomedparse_2d_existence.json"


@dataclass(frozen=True)
class Objects:
    """Objects of one kind of image.

    modalities   DICOM Modality
    words        of the kind of image in a prompt
    names        for people; SAID has upstream's word if it differs
    window       for CT
    image_types  upstream's names of such images in its test of existence; a header does not distinguish MR sequences
    from another
    """

    modalities: tuple[str, ...]
    words: str
    names: tuple[str, ...]
    window: str | None = None
    image_types: tuple[str, ...] = ()


SAID = {
    "inferior vena cava": "postcava",
    "pubic symphysis": "public symphysis",
    "hepatic vessel": "vessel",
    "liver tumor": "tumor",
    "lung tumor": "tumor",
    "pancreas tumor": "tumor",
    "colon tumor": "tumor",
    "breast tumor": "tumor",
    "benign breast tumor": "benign tumor",
    "malignant breast tumor": "malignant tumor",
    "brain tumor core": "tumor core",
    "whole brain tumor": "whole tumor",
    "brain tumor edema": "edema",
    "cystoid macular edema": "edema",
    "lung nodule": "nodule",
    "colon polyp": "polyp",
    "neoplastic colon polyp": "neoplastic polyp",
    "non-neoplastic colon polyp": "non-neoplastic polyp",
    "skin lesion": "lesion",
}

ABDOMEN = (
    "liver",
    "kidney",
    "left kidney",
    "right kidney",
    "pancreas",
    "spleen",
    "gallbladder",
    "stomach",
    "duodenum",
    "esophagus",
    "aorta",
    "inferior vena cava",
    "adrenal gland",
    "left adrenal gland",
    "right adrenal gland",
)
LUNGS = (
    "lung",
    "left lung",
    "right lung",
    "upper lung lobe",
    "lower lung lobe",
    "left upper lung lobe",
    "left lower lung lobe",
    "right upper lung lobe",
    "right middle lung lobe",
    "right lower lung lobe",
)

OBJECTS = (
    Objects(("CT",), "abdomen CT", (*ABDOMEN, "bladder", "kidney tumor", "kidney cyst"), "abdomen", ("CT-Abdomen",)),
    Objects(("CT",), "liver CT", ("liver tumor", "hepatic vessel"), "liver", ("CT-Liver",)),
    Objects(("CT",), "pancreas CT", ("pancreas tumor",), "pancreas"),
    Objects(("CT",), "colon CT", ("colon tumor",), "colon"),
    Objects(("CT",), "pelvis CT", ("uterus", "prostate", "colon"), "pelvis"),
    Objects(
        ("CT",),
        "lung CT",
        (*LUNGS, "lung nodule", "lung tumor", "COVID-19 infection", "pleural effusion", "pulmonary embolism"),
        "lung",
        ("CT-Chest",),
    ),
    Objects(("MR",), "abdomen MRI", ABDOMEN, image_types=("MRI-Abdomen",)),
    Objects(("MR",), "liver MRI", ("hepatic vessel",)),
    Objects(("MR",), "prostate MRI", ("prostate",)),
    Objects(("MR",), "prostate MRI-T2", ("prostate peripheral zone", "prostate transitional zone")),
    Objects(
        ("MR",),
        "heart MRI",
        ("left heart atrium", "left heart ventricle", "right heart ventricle", "myocardium"),
        image_types=("MRI-Cardiac",),
    ),
    Objects(("MR",), "brain MRI", ("brain ventricles", "cerebellum", "anterior hippocampus", "posterior hippocampus")),
    Objects(
        ("MR",),
        "brain MRI-FLAIR",
        ("brain tumor edema", "whole brain tumor", "lower-grade glioma"),
        image_types=("MRI-FLAIR-Brain",),
    ),
    Objects(
        ("MR",),
        "brain MRI-T1-Gd",
        ("enhancing tumor", "non-enhancing tumor", "brain tumor core"),
        image_types=("MRI-T1-Gd-Brain", "MRI-FLAIR-Brain"),
    ),
    Objects(
        ("CR", "DX"),
        "chest X-Ray",
        (
            *LUNGS,
            "heart",
            "lung nodule",
            "lung opacity",
            "COVID-19 infection",
            "viral pneumonia",
            "pleural effusion",
            "pneumothorax",
        ),
        image_types=("X-Ray-Chest",),
    ),
    Objects(
        ("US",), "heart ultrasound", ("left heart atrium", "left heart ventricle"), image_types=("Ultrasound-Cardiac",)
    ),
    Objects(("US",), "breast ultrasound", ("breast tumor", "benign breast tumor", "malignant breast tumor")),
    Objects(("US",), "transperineal ultrasound", ("pubic symphysis", "fetal head")),
    Objects(("US",), "abdomen ultrasound", ("liver", "kidney", "left kidney", "right kidney")),
    Objects(("OP",), "retinal fundus", ("optic disc", "optic cup", "retinal vessel"), image_types=("Fundus",)),
    Objects(("OPT",), "retinal OCT", ("cystoid macular edema",), image_types=("OCT",)),
    Objects(
        ("ES",),
        "colon endoscope",
        ("colon polyp", "neoplastic colon polyp", "non-neoplastic colon polyp"),
        image_types=("Endoscopy",),
    ),
    Objects(("XC",), "skin dermoscopy", ("skin lesion", "melanoma"), image_types=("Dermoscopy",)),
    Objects(
        ("SM",),
        "pathology",
        ("connective tissue cells", "inflammatory cells", "neoplastic cells", "epithelial cells"),
        image_types=("Pathology",),
    ),
)
MODALITIES = tuple(dict.fromkeys(modality for objects in OBJECTS for modality in objects.modalities))


def prompt_of(name: str, words: str) -> str:
    return f"{SAID.get(name, name)} in {words}"


def existence_of(name: str, image_types: tuple[str, ...]) -> list[dict]:
    """Properties of true masks of the object in each of these kinds of image, if upstream publishes them.

    `beta` has the parameters a and b of the Beta distributions of four means over the mask: of its probability, and of
    red, green and blue of the image, as parts of 256.
    """
    known = json.loads(EXISTENCE.read_text(encoding="utf-8"))["distributions"]
    word = SAID.get(name, name)
    return [
        {"imageType": image_type, "beta": known[image_type][word]}
        for image_type in image_types
        if word in known[image_type]
    ]
