"""The vocabulary of the package: targets, groups, synonyms and colours, made from the table of anatomy; codes from
models/tools/terminology."""

from terminology.terminology import concept_of

from .anatomy import SIDES, Concept, Meaning, concepts, meanings
from .base_classes import LATERAL_CLASSES
from .name_families import family_names

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

# Their plurals already mean something else: the hemispheres are a separate group, "lateral ventricle" is the union with
# both horns.
NAMES_OF_OTHERS = {"cerebrum": ("cerebral hemispheres", "both hemispheres", "telencephalic hemispheres")}
GROUP_NAMES = {"lateral ventricle": "body of the lateral ventricle"}
# Without a side these name something larger: "white matter" includes that of the cerebellum, "cerebrum" both
# hemispheres.
NAMES_WITH_A_SIDE = {
    "cerebral white matter": ("white matter", "wm"),
    "cerebral hemisphere": ("cerebrum", "telencephalon"),
}


def segmented_meanings() -> tuple[Meaning, ...]:
    """The targets: everything that is segmented. Exception: both sides of a lateral base class, or of a hemisphere, are
    a group instead of a target.
    """
    return tuple(m for m in meanings() if m.classes and not _is_group(m))


def _is_group(meaning: Meaning) -> bool:
    return meaning.side is None and (
        meaning.concept.name in LATERAL_CLASSES or meaning.concept.name == "cerebral hemisphere"
    )


def identifier(meaning: Meaning) -> str:
    return meaning.name.replace(" ", "-")


def rows_of_targets() -> dict[str, list[str]]:
    return {identifier(m): list(m.classes) for m in segmented_meanings()}


def vocabulary(modalities: list[str]) -> dict:
    """Content of vocabulary.json (server/src/values/vocabulary.ts)."""
    targets = [_target(m, modalities) for m in segmented_meanings()]
    groups = [
        {
            "name": GROUP_NAMES.get(concept.name, concept.name),
            "synonyms": _distinct(concept.name, [*_names_of(concept), *PLURALS.get(concept.name, ())]),
            "members": [f"{side} {concept.name}".replace(" ", "-") for side in SIDES],
        }
        for concept in concepts().values()
        if concept.name in LATERAL_CLASSES or concept.name == "cerebral hemisphere"
    ]
    return {"targets": targets, "groups": groups}


def _names_of(concept: Concept) -> list[str]:
    names = (*concept.taught_names, *concept.held_out, *family_names(concept.name))
    return [name for name in names if name not in NAMES_OF_OTHERS.get(concept.name, ())]


def _target(meaning: Meaning, modalities: list[str]) -> dict:
    own = meaning.concept
    names = _names_of(own)
    if meaning.side:
        names = [f"{meaning.side} {name}" for name in (*names, *NAMES_WITH_A_SIDE.get(own.name, ()))]
    return {
        "id": identifier(meaning),
        "name": meaning.name.capitalize(),
        "synonyms": _distinct(meaning.name, names),
        "modalities": modalities,
        "concept": {**_coded(meaning), "displayColour": list(COLOURS[own.name])},
    }


def _coded(meaning: Meaning) -> dict:
    return concept_of(f"{meaning.side or 'both'} {meaning.concept.name}" if meaning.concept.sides else meaning.name)


def _distinct(name: str, names: list[str]) -> list[str]:
    """Lower case, at most 64 characters, without repeats and without the name; "hippocampus and amygdala" asks
    for two targets."""
    return [n for n in dict.fromkeys(n.lower() for n in names) if n != name and len(n) <= 64 and " and " not in n]
