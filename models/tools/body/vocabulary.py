"""The vocabulary of the package: targets, groups and synonyms; codes and colours from models/tools/terminology.

Synonyms are names in use, names of the FMA and Latin names. A synonym must mean the same: the iliopsoas is not the
psoas.
"""

from collections.abc import Callable
from dataclasses import dataclass

from terminology.terminology import concept_of

SIDES = ("left", "right")


@dataclass(frozen=True)
class Structure:
    """name      a class of labels.py, without its side
    term      its name in models/tools/terminology, without a side
    synonyms  without a side
    plural    names for both sides together; empty without sides
    """

    name: str
    term: str
    synonyms: tuple[str, ...] = ()
    plural: tuple[str, ...] = ()

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(f"{side} {self.name}" for side in SIDES) if self.plural else (self.name,)

    @property
    def terms(self) -> tuple[str, ...]:
        """The name of each class in models/tools/terminology."""
        return tuple(f"{side} {self.term}" for side in SIDES) if self.plural else (self.term,)


STRUCTURES = (
    Structure("liver", "liver", ("hepar", "jecur", "whole liver", "liver parenchyma", "hepatic parenchyma", "leber",
        "foie", "hígado", "fegato", "fígado")),
    Structure("spleen", "spleen", ("lien", "splen", "whole spleen", "milz", "rate", "bazo", "milza", "baço")),
    Structure("kidney", "kidney", ("ren", "nephros", "renal parenchyma", "niere", "rein", "riñón", "rene", "rim"),
        ("kidneys", "renes", "nieren", "reins", "riñones", "reni", "rins")),
    Structure("gallbladder", "gallbladder", ("gall bladder", "vesica biliaris", "vesica fellea", "cholecyst",
        "gallenblase")),
    Structure("stomach", "stomach", ("gaster", "ventriculus gastricus", "magen", "estomac", "estómago", "stomaco")),
    Structure("pancreas", "pancreas", ("pankreas", "bauchspeicheldrüse", "páncreas")),
    Structure("duodenum", "duodenum", ("intestinum duodenum",)),
    Structure("small bowel", "small bowel", ("small intestine", "small intestines", "intestinum tenue", "dünndarm")),
    Structure("colon", "colon", ("large bowel", "large intestine", "intestinum crassum", "dickdarm")),
    Structure("adrenal gland", "adrenal gland", ("suprarenal gland", "adrenal", "glandula suprarenalis",
        "nebenniere"), ("adrenal glands", "adrenals", "suprarenal glands")),
    Structure("urinary bladder", "urinary bladder", ("bladder", "vesica urinaria", "harnblase", "vessie", "vejiga")),
    Structure("prostate", "prostate", ("prostate gland", "prostata")),
    Structure("uterus", "uterus", ("womb", "metra")),
    Structure("esophagus", "esophagus", ("oesophagus", "gullet", "speiseröhre")),
    Structure("thyroid gland", "thyroid gland", ("thyroid", "glandula thyroidea", "schilddrüse")),
    Structure("heart", "heart", ("cor", "whole heart", "herz", "coeur", "cœur", "corazón", "cuore")),
    Structure("aorta", "aorta", ("whole aorta", "aortic vessel")),
    Structure("superior vena cava", "superior vena cava", ("svc", "vena cava superior", "precava")),
    Structure("inferior vena cava", "inferior vena cava", ("ivc", "vena cava inferior", "postcava",
        "posterior vena cava")),
    Structure("spinal canal", "spinal canal", ("vertebral canal", "canalis vertebralis", "spinalkanal")),
    Structure("vertebrae", "vertebrae", ("vertebra", "spinal column bones", "vertebral bodies with arches",
        "wirbel")),
    Structure("sacrum", "sacrum", ("sacral bone", "os sacrum", "kreuzbein")),
    Structure("hip bone", "hip", ("hipbone", "pelvic bone", "innominate bone", "coxal bone", "os coxae",
        "hüftbein"), ("hip bones", "hipbones", "pelvic bones", "innominate bones", "coxal bones", "ossa coxae")),
    Structure("femur", "femur", ("thigh bone", "thighbone", "femoral bone", "os femoris", "oberschenkelknochen"),
        ("femurs", "femora", "thigh bones")),
    Structure("humerus", "humerus", ("upper arm bone", "humeral bone"), ("humeri",)),
    Structure("scapula", "scapula", ("shoulder blade", "schulterblatt"), ("scapulae", "scapulas", "shoulder blades")),
    Structure("clavicle", "clavicle", ("clavicula", "collarbone", "collar bone"), ("clavicles", "claviculae",
        "collarbones")),
    Structure("sternum", "sternum", ("breastbone", "breast bone", "brustbein")),
    Structure("ribs", "ribs", ("costae", "rippen"), ("ribs of both sides", "rib cage bones")),
    Structure("gluteus maximus", "gluteus maximus", ("gluteus maximus muscle", "musculus gluteus maximus",
        "glutaeus maximus"), ("gluteus maximus muscles",)),
    Structure("gluteus medius and minimus", "gluteus medius and minimus", ("gluteus medius with minimus",
        "lesser gluteal muscles"), ("lesser gluteal muscles of both sides",)),
    Structure("autochthonous back muscle", "autochthon", ("erector spinae with multifidus", "deep back muscle",
        "deep muscles of the back", "autochthonous back muscles", "autochthonous muscle"),
        ("both autochthonous back muscles",)),
    Structure("iliopsoas muscle", "iliopsoas", ("iliopsoas", "musculus iliopsoas"), ("iliopsoas muscles",)),
    Structure("brain", "brain", ("encephalon", "gehirn")),
)  # fmt: skip
"""Targets that can be requested, if they are accurate enough to ship. Other classes compete, but cannot be requested:
fat, muscle and lungs are better in `ct-tissues`, and the rest have no code or no measured ground truth.
"""


UNIONS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("spine", ("spinal column", "vertebral column", "backbone", "columna vertebralis", "wirbelsäule"),
        ("vertebrae", "sacrum")),
    ("bony pelvis", ("osseous pelvis", "pelvic ring", "pelvic skeleton", "knöchernes becken"), ("hip bone", "sacrum")),
    ("abdominal organs", ("organs of the abdomen", "abdominal viscera", "upper abdominal organs", "bauchorgane"),
        ("liver", "spleen", "kidney", "gallbladder", "pancreas", "stomach")),
    ("bowel", ("bowels", "intestine", "intestines", "gut", "darm"), ("duodenum", "small bowel", "colon")),
    ("venae cavae", ("caval veins", "vena cavae"), ("superior vena cava", "inferior vena cava")),
    ("shoulder girdle", ("pectoral girdle", "schultergürtel"), ("scapula", "clavicle")),
    ("thoracic cage", ("rib cage", "ribcage", "thorax bones", "brustkorb"), ("ribs", "sternum")),
)  # fmt: skip
"""Names of several structures together, and their structures. A group that lacks one of them does not ship."""


def shippable(shipped: set[str]) -> tuple[Structure, ...]:
    """The structures whose classes all ship.

    @param shipped classes with sufficient accuracy
    """
    return tuple(structure for structure in STRUCTURES if set(structure.classes) <= shipped)


def identifier(name: str) -> str:
    return name.replace(" ", "-")


def rows_of_targets(shipped: set[str]) -> dict[str, list[str]]:
    """Target id → its classes."""
    return {identifier(name): [name] for structure in shippable(shipped) for name in structure.classes}


def vocabulary(shipped: set[str], why_not: Callable[[Structure], str]) -> dict:
    """Content of vocabulary.json (server/src/values/vocabulary.ts).

    @param why_not a sentence about the structures that are not shipped
    """
    chosen = shippable(shipped)
    return {
        "targets": [
            _target(structure, name, term)
            for structure in chosen
            for name, term in zip(structure.classes, structure.terms, strict=True)
        ],
        "groups": [
            {
                "name": structure.name,
                "synonyms": [*structure.plural, *structure.synonyms],
                "members": [identifier(name) for name in structure.classes],
            }
            for structure in chosen
            if structure.plural
        ]
        + [
            {
                "name": name,
                "synonyms": list(synonyms),
                "members": [
                    identifier(own) for structure in chosen if structure.name in parts for own in structure.classes
                ],
            }
            for name, synonyms, parts in UNIONS
            if set(parts) <= {structure.name for structure in chosen}
        ],
        "notOffered": [
            {
                "name": structure.name,
                "synonyms": [*structure.plural, *structure.synonyms],
                "why": why_not(structure),
            }
            for structure in STRUCTURES
            if structure not in chosen
        ],
    }


def _target(structure: Structure, name: str, term: str) -> dict:
    side = name.removesuffix(structure.name).strip()
    return {
        "id": identifier(name),
        "name": name.capitalize(),
        "synonyms": [f"{side} {synonym}".strip() for synonym in structure.synonyms],
        "modalities": ["CT"],
        "concept": concept_of(term),
    }
