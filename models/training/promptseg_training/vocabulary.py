"""The vocabulary of the package: targets, groups, synonyms, codes and colours, made from the table of anatomy."""

from .anatomy import SIDES, Meaning, concepts, meanings
from .base_classes import LATERAL_CLASSES

ANATOMICAL_STRUCTURE = {"value": "91723000", "scheme": "SCT", "meaning": "Anatomical Structure"}
TISSUE = {"value": "85756007", "scheme": "SCT", "meaning": "Tissue"}
BODY_SUBSTANCE = {"value": "91720002", "scheme": "SCT", "meaning": "Body Substance"}
CATEGORIES = {
    "cerebral white matter": TISSUE,
    "cerebellar white matter": TISSUE,
    "white matter": TISSUE,
    "grey matter": TISSUE,
    "soft tissue": TISSUE,
    "cerebrospinal fluid": BODY_SUBSTANCE,
}
COLOURS = {
    "head": (205, 170, 150),
    "intracranial contents": (180, 190, 210),
    "brain": (235, 180, 165),
    "cerebrum": (230, 165, 150),
    "cerebral hemisphere": (225, 150, 140),
    "cerebral white matter": (238, 236, 222),
    "cerebral cortex": (206, 110, 120),
    "ventricles": (70, 120, 220),
    "lateral ventricles": (90, 110, 230),
    "lateral ventricle": (110, 70, 215),
    "inferior lateral ventricle": (170, 80, 230),
    "third ventricle": (60, 190, 215),
    "fourth ventricle": (40, 150, 170),
    "cerebrospinal fluid": (80, 160, 250),
    "extraventricular cerebrospinal fluid": (130, 195, 245),
    "cerebellum": (222, 160, 80),
    "cerebellar white matter": (244, 220, 170),
    "cerebellar cortex": (226, 145, 50),
    "brain stem": (125, 165, 180),
    "deep grey matter": (90, 160, 110),
    "basal ganglia": (100, 180, 140),
    "striatum": (120, 195, 200),
    "lentiform nucleus": (225, 100, 190),
    "thalamus": (30, 140, 60),
    "caudate nucleus": (115, 190, 235),
    "putamen": (235, 60, 180),
    "globus pallidus": (60, 80, 235),
    "nucleus accumbens": (255, 165, 20),
    "hippocampus": (220, 215, 45),
    "amygdala": (95, 235, 220),
    "medial temporal structures": (190, 220, 90),
    "ventral diencephalon": (165, 50, 45),
    "white matter": (245, 245, 235),
    "grey matter": (190, 120, 130),
    "skull": (241, 228, 190),
    "eyes": (150, 200, 90),
    "skin": (222, 184, 160),
    "soft tissue": (200, 130, 110),
    "nasal mucosa": (230, 130, 160),
    "spinal cord": (240, 200, 110),
}
PLURALS = {
    "thalamus": ("thalami",),
    "hippocampus": ("hippocampi",),
    "amygdala": ("amygdalae",),
    "putamen": ("putamina",),
    "cerebral cortex": ("cerebral cortices",),
}


def segmented_meanings() -> tuple[Meaning, ...]:
    """The targets: all that is segmented, except that a lateral base class as a whole is a group of its two sides, as is a hemisphere."""
    return tuple(m for m in meanings() if m.classes and not _is_group(m))


def _is_group(meaning: Meaning) -> bool:
    return meaning.side is None and (meaning.concept.name in LATERAL_CLASSES or meaning.concept.name == "cerebral hemisphere")


def identifier(meaning: Meaning) -> str:
    return meaning.name.replace(" ", "-")


def rows_of_targets() -> dict[str, list[str]]:
    return {identifier(m): list(m.classes) for m in segmented_meanings()}


def vocabulary(modalities: list[str]) -> dict:
    """What vocabulary.json holds (server/src/segmenter/vocabulary.ts)."""
    targets = [_target(m, modalities) for m in segmented_meanings()]
    groups = [
        {
            "name": concept.name,
            "synonyms": _distinct(concept.name, [*concept.taught_names, *concept.held_out, *PLURALS.get(concept.name, ())]),
            "members": [f"{side} {concept.name}".replace(" ", "-") for side in SIDES],
        }
        for concept in concepts().values()
        if concept.name in LATERAL_CLASSES or concept.name == "cerebral hemisphere"
    ]
    return {"targets": targets, "groups": groups}


def _target(meaning: Meaning, modalities: list[str]) -> dict:
    own = meaning.concept
    names = [*own.taught_names, *own.held_out]
    if meaning.side:
        names = [f"{meaning.side} {name}" for name in names]
    concept: dict = {"category": CATEGORIES.get(own.name, ANATOMICAL_STRUCTURE), "type": _type_code(meaning)}
    if own.sides:
        concept["laterality"] = meaning.side or "both"
    concept["displayColour"] = list(COLOURS[own.name])
    return {
        "id": identifier(meaning),
        "name": meaning.name.capitalize(),
        "synonyms": _distinct(meaning.name, names),
        "modalities": modalities,
        "concept": concept,
    }


def _type_code(meaning: Meaning) -> dict:
    code = meaning.concept.code
    if code is not None:
        return {"value": code[0], "scheme": "SCT", "meaning": code[1]}
    initials = "".join(word[:4] for word in meaning.concept.name.split())
    return {"value": initials.upper()[:16], "scheme": "99PROMPTSEG", "meaning": meaning.concept.name.capitalize()}


def _distinct(name: str, names: list[str]) -> list[str]:
    """Lower case, at most 64 characters, without repeats and without the name itself."""
    return [n for n in dict.fromkeys(n.lower() for n in names) if n != name and len(n) <= 64]
