"""Targets of BiomedParse v2 in CT, MR and PET: the classes of the CVPR 2025 challenge that it won.

Prompts have the form that its authors use, "<class> in <site> <modality>". The target determines the CT window.
"""

from __future__ import annotations

from dataclasses import dataclass

# Level and width in HU from the model card.
CT_WINDOWS = {
    "soft-tissue": {"level": 40, "width": 400},
    "lung": {"level": -160, "width": 1500},
    "brain": {"level": 40, "width": 80},
    "bone": {"level": 400, "width": 1800},
}


@dataclass(frozen=True)
class Classes:
    """Classes of one kind of image. `words` names it in a prompt, `window` is for CT."""

    modality: str
    words: str
    names: tuple[str, ...]
    window: str | None = None


def _sided(*names: str) -> tuple[str, ...]:
    return tuple(f"{side} {name}" for name in names for side in ("Left", "Right"))


ABDOMEN = (
    "Liver",
    "Spleen",
    "Pancreas",
    *_sided("kidney", "adrenal gland"),
    "Gallbladder",
    "Esophagus",
    "Stomach",
    "Aorta",
    "Inferior vena cava",
    "Duodenum",
    "Bladder",
    "Small bowel",
    "Colon",
    "Prostate",
)
LIMB_GIRDLES = (*_sided("humerus", "scapula", "clavicula", "femur", "hip"),)
MUSCLES = (*_sided("gluteus maximus", "gluteus medius", "gluteus minimus", "autochthon", "iliopsoas"),)

CLASSES = (
    Classes(
        "CT",
        "abdominal CT",
        (*ABDOMEN, "Prostate or uterus", *_sided("kidney cyst"), "Portal vein and splenic vein"),
        "soft-tissue",
    ),
    Classes(
        "CT",
        "abdominal CT",
        ("Liver tumors", "Pancreas tumors", "Colon cancer primaries", "Kidney lesions", "Adrenocortical carcinoma"),
        "soft-tissue",
    ),
    Classes("CT", "pelvic CT", (*_sided("iliac artery", "iliac vena"),), "soft-tissue"),
    Classes(
        "CT",
        "chest CT",
        (
            *_sided("lung"),
            "Lung upper lobe left",
            "Lung lower lobe left",
            "Lung upper lobe right",
            "Lung middle lobe right",
            "Lung lower lobe right",
            "Trachea",
            "Airway Tree",
            "Lung lesions",
            "COVID-19 infection",
        ),
        "lung",
    ),
    Classes(
        "CT",
        "chest CT",
        (
            "Heart",
            "Pulmonary vein",
            "Brachiocephalic trunk",
            *_sided("subclavian artery", "common carotid artery", "brachiocephalic vein"),
            "Left atrial appendage",
            "Superior vena cava",
            "Aortic vessel trees",
        ),
        "soft-tissue",
    ),
    Classes(
        "CT",
        "head and neck CT",
        (
            "Thyroid",
            "Arytenoids delineation",
            "Brainstem",
            *_sided("carotid artery"),
            "Cervical esophagus",
            "Cricopharyngeal inlet",
            "Left lacrimal gland",
            "Larynx-glottis",
            "Larynx-supraglottic",
            "Lips",
            "Optic chiasm",
            *_sided("optic nerve"),
            "Oral cavity delineation",
            *_sided("parotid gland"),
            "Pituitary gland",
            "Spinal cord",
            *_sided("submandibular gland"),
            "Buccal mucosa",
            *_sided("anterior segment of the eyeball", "posterior segment of the eyeball"),
            "Head-neck cancer",
        ),
        "soft-tissue",
    ),
    Classes("CT", "head and neck CT", ("Mandible", *_sided("cochlea")), "bone"),
    Classes("CT", "head CT", ("Brain",), "brain"),
    Classes("CT", "head CT", ("Skull",), "bone"),
    Classes(
        "CT",
        "CT",
        (
            "Sacrum",
            "Vertebrae S1",
            *(f"Vertebrae L{n}" for n in range(1, 6)),
            *(f"Vertebrae T{n}" for n in range(1, 13)),
            *(f"Vertebrae C{n}" for n in range(1, 8)),
            *LIMB_GIRDLES,
        ),
        "bone",
    ),
    Classes("CT", "CT", (*MUSCLES, "Lymph node", "Lesion"), "soft-tissue"),
    Classes("MR", "abdominal MRI", (*ABDOMEN, "Prostate or uterus", "Portal vein and splenic vein")),
    Classes(
        "MR",
        "pelvic MRI",
        (*_sided("iliac artery", "iliac vena"), "Cervical cancer tumor", "Transition zone", "Prostate lesion"),
    ),
    Classes("MR", "chest MRI", (*_sided("lung"), "Heart")),
    Classes("MR", "cardiac MRI", ("Right ventricle cavity", "Myocardium", "Left ventricle cavity", "Left atrium")),
    Classes("MR", "spine MRI", ("Sacrum", "Vertebrae", "Intervertebral discs", "Spinal cord", "Spinal canal")),
    Classes("MR", "MRI", (*LIMB_GIRDLES, *MUSCLES)),
    Classes(
        "MR",
        "brain MRI",
        (
            "Brain",
            "Stroke lesion",
            "White matter hyperintensities",
            "Non-enhancing tumor core",
            "Surrounding non-enhancing FLAIR hyperintensity",
            "Enhancing tissue",
            "Resection cavity",
            "Intra-meatal region of vestibular schwannoma",
            "Extra-meatal region of vestibular schwannoma",
            *_sided("cochlea"),
        ),
    ),
    Classes("MR", "head and neck MRI", ("GTVp and GTVn tumor",)),
    Classes("PT", "whole body PET", ("Lesion",)),
)


def prompt_of(name: str, words: str) -> str:
    return f"{name} in {words}"
