"""Targets of `ct-tissues`: names, synonyms and codes.

Every SCT code and meaning is in DICOM PS3.16: lung, trachea and bronchus, entire body in CID 7192; bone, fat, soft
tissue in CID 7191; gas in CID 7197; the categories in CID 7150. `test_build.py` compares them with pydicom's tables.
A synonym must mean the same: "trachea" is only part of `airways`, so it is not one.
"""

from __future__ import annotations

ANATOMICAL_STRUCTURE = ("91723000", "SCT", "Anatomical Structure")
TISSUE = ("85756007", "SCT", "Tissue")
BODY_SUBSTANCE = ("91720002", "SCT", "Body Substance")
SUBSTANCE = ("105590001", "SCT", "Substance")

LUNG = ("39607008", "SCT", "Lung")


def code(triplet: tuple[str, str, str]) -> dict[str, str]:
    value, scheme, meaning = triplet
    return {"value": value, "scheme": scheme, "meaning": meaning}


def target(
    identifier: str,
    name: str,
    synonyms: list[str],
    category: tuple[str, str, str],
    kind: tuple[str, str, str],
    colour: tuple[int, int, int],
    laterality: str | None = None,
) -> dict:
    concept: dict = {"category": code(category), "type": code(kind)}
    if laterality is not None:
        concept["laterality"] = laterality
    concept["displayColour"] = list(colour)
    return {"id": identifier, "name": name, "synonyms": synonyms, "modalities": ["CT"], "concept": concept}


TARGETS = [
    target(
        "body",
        "Body",
        [
            "body outline",
            "body contour",
            "body surface",
            "body mask",
            "external contour",
            "external",
            "outer contour",
            "skin outline",
            "skin surface",
            "whole body",
            "entire body",
            "patient",
            "patient outline",
            "corpus",
            "cuerpo",
            "cuerpo entero",
            "corps entier",
            "körper",
            "ganzkörper",
            "corpo",
        ],
        ANATOMICAL_STRUCTURE,
        ("38266002", "SCT", "Entire body"),
        (188, 143, 143),
    ),
    target(
        "bone",
        "Bone",
        [
            "bones",
            "skeleton",
            "skeletal system",
            "osseous structures",
            "osseous tissue",
            "bony structures",
            "bone tissue",
            "bony anatomy",
            "bony skeleton",
            "all bones",
            "bone mask",
            "os",
            "ossa",
            "os osseum",
            "hueso",
            "huesos",
            "esqueleto",
            "squelette",
            "knochen",
            "skelett",
            "ossa et cartilagines",
            "osso",
            "ossos",
        ],
        TISSUE,
        ("3138006", "SCT", "Bone"),
        (241, 228, 190),
    ),
    target(
        "left-lung",
        "Left lung",
        [
            "lung left",
            "l lung",
            "lt lung",
            "lung l",
            "left pulmo",
            "pulmo sinister",
            "left lung field",
            "left lung parenchyma",
            "left pulmonary parenchyma",
            "pulmón izquierdo",
            "pulmon izquierdo",
            "poumon gauche",
            "linke lunge",
            "linker lungenflügel",
            "polmone sinistro",
            "pulmão esquerdo",
        ],
        ANATOMICAL_STRUCTURE,
        LUNG,
        (244, 154, 173),
        "left",
    ),
    target(
        "right-lung",
        "Right lung",
        [
            "lung right",
            "r lung",
            "rt lung",
            "lung r",
            "right pulmo",
            "pulmo dexter",
            "right lung field",
            "right lung parenchyma",
            "right pulmonary parenchyma",
            "pulmón derecho",
            "pulmon derecho",
            "poumon droit",
            "rechte lunge",
            "rechter lungenflügel",
            "polmone destro",
            "pulmão direito",
        ],
        ANATOMICAL_STRUCTURE,
        LUNG,
        (141, 174, 226),
        "right",
    ),
    target(
        "airways",
        "Airways",
        [
            "airway",
            "airway tree",
            "central airways",
            "large airways",
            "airway lumen",
            "tracheobronchial tree",
            "tracheobronchial lumen",
            "trachea and bronchi",
            "trachea and main bronchi",
            "trachea and bronchus",
            "trachea et bronchi",
            "vías aéreas",
            "vías respiratorias",
            "vias aereas",
            "voies aériennes",
            "atemwege",
            "vie aeree",
        ],
        ANATOMICAL_STRUCTURE,
        ("110726009", "SCT", "Trachea and bronchus"),
        (70, 205, 215),
    ),
    target(
        "other-air",
        "Other air in the body",
        [
            "other air",
            "gas",
            "air outside the lungs",
            "extrapulmonary air",
            "extrapulmonary gas",
            "non-lung air",
            "bowel gas and other air",
            "gas outside the lungs",
        ],
        BODY_SUBSTANCE,
        ("74947009", "SCT", "Gas"),
        (120, 94, 200),
    ),
    target(
        "fat",
        "Fat",
        [
            "adipose tissue",
            "fatty tissue",
            "adipose",
            "body fat",
            "fat tissue",
            "total fat",
            "adipose tissues",
            "textus adiposus",
            "grasa",
            "tejido adiposo",
            "graisse",
            "tissu adipeux",
            "fett",
            "fettgewebe",
            "grasso",
            "tessuto adiposo",
            "gordura",
            "tecido adiposo",
        ],
        TISSUE,
        ("55603005", "SCT", "Fat"),
        (236, 196, 66),
    ),
    target(
        "soft-tissue",
        "Soft tissue",
        [
            "soft tissues",
            "soft parts",
            "lean tissue",
            "lean soft tissue",
            "muscle and organs",
            "muscles and organs",
            "partes blandas",
            "tejidos blandos",
            "tejido blando",
            "tissus mous",
            "parties molles",
            "weichteile",
            "weichgewebe",
            "tessuti molli",
            "tecidos moles",
        ],
        TISSUE,
        ("87784001", "SCT", "Soft tissue"),
        (196, 78, 66),
    ),
    target(
        "dense-material",
        "Metal or dense contrast",
        [
            "metal",
            "metallic implant",
            "metallic implants",
            "metal implant",
            "metal implants",
            "hardware",
            "orthopaedic hardware",
            "orthopedic hardware",
            "surgical clips",
            "dental fillings",
            "dense contrast",
            "dense contrast medium",
            "dense material",
            "dense contrast or metal",
            "metalwork",
            "metall",
            "métal",
        ],
        SUBSTANCE,
        ("CT-DENSE", "99PROMPTSEG", "Metal or dense contrast medium"),
        (64, 224, 96),
    )
    | {"instances": {"minimumMl": 0.1, "mergeMm": 0}},
]

GROUPS = [
    {
        "name": "Lungs",
        "synonyms": [
            "lung",
            "both lungs",
            "bilateral lungs",
            "lungs bilateral",
            "lung fields",
            "lung parenchyma",
            "pulmonary parenchyma",
            "pulmones",
            "pulmón",
            "pulmon",
            "poumon",
            "poumons",
            "lunge",
            "lungen",
            "pulmo",
            "pulmo dexter et sinister",
            "polmone",
            "polmoni",
            "pulmão",
            "pulmões",
        ],
        "members": ["left-lung", "right-lung"],
    },
    {
        "name": "All air in the body",
        "synonyms": ["all air", "all gas", "internal air", "air in the body"],
        "members": ["left-lung", "right-lung", "airways", "other-air"],
    },
]


def vocabulary() -> dict:
    return {"targets": TARGETS, "groups": GROUPS}
