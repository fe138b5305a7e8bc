"""Families of names that the table of anatomy does not list one by one.

The server's resolver handles plurals, word order, "of the", adjectives for nouns and substance for matter
automatically. This table adds which words name the same structure. test/segmenter/headText.test.ts measures how
unlisted names are treated.
"""

from itertools import product

# Concept -> lines "first, … × second, …": every first part with every second one, if there is one. A part may be empty.
# Hipp, Puta, Caud, Pall, Accu, Amyg and BrStem are labels of FSL FIRST, "cerebellum exterior" is one of
# Neuromorphometrics; SubCortGrayVol, TotalGrayVol and BrainSegVol are in FreeSurfer's aseg.stats.
FAMILIES: dict[str, tuple[str, ...]] = {
    "intracranial contents": (
        "intracranial, cranial, cranium × contents, cavity, space, compartment, volume, total volume",
        "etiv, tiv, icv, estimated total intracranial × , volume",
        "cranial cavity, skull, cranial vault × contents",
    ),
    "brain": (
        "total, complete, organ, organ of the × brain",
        "brain, cerebral × organ",
        "skull-stripped, skull stripped, stripped × brain",
        "brain seg × ",
    ),
    "cerebrum": ("cerebrum, telencephalon, endbrain, end brain × , whole",),
    "cerebral hemisphere": (
        "cerebral, cerebrum, brain × hemisphere, hemi, half, side",
        "hemicerebrum, hemi",
        "hemispherium, hemispheria, hemisphaerium × cerebri",
    ),
    "cerebral white matter": ("cerebral, hemispheric, subcortical, supratentorial, telencephalic × white matter, wm",),
    "cerebral cortex": (
        "cerebral, cortical, cortex × mantle, ribbon, sheet, grey matter, gm, grey",
        "cerebral cortical, cerebral cortex × grey matter, gm, mantle, ribbon",
    ),
    "ventricles": (
        "all four, all 4 × ventricles",
        "ventricular, cerebral ventricular, brain ventricular × system, cavities, spaces, space, csf, fluid",
        "intraventricular × csf, cerebrospinal fluid, fluid, liquor",
    ),
    "lateral ventricles": ("lateral × ventricular system, ventricular spaces, vents",),
    "inferior lateral ventricle": (
        "temporal, inferior × horn, ventricular horn, cornu, horn of the ventricle, part of the lateral ventricle",
        "cornu temporale, cornu inferius × , ventriculi lateralis",
    ),
    "third ventricle": (
        "3rd, iii, 3, third cerebral × ventricle, vent, ventriculus",
        "v3, diencephalic ventricle",
    ),
    "fourth ventricle": (
        "4th, iv, 4, fourth cerebral × ventricle, vent, ventriculus",
        "v4, rhombencephalic ventricle",
    ),
    "cerebrospinal fluid": (
        "csf, cerebrospinal fluid, liquor, all csf, cerebral spinal fluid × , space, spaces, compartment",
    ),
    "extraventricular cerebrospinal fluid": (
        "subarachnoid, sulcal, external, extra-axial, extracerebral, extraventricular, cisternal"
        " × csf, cerebrospinal fluid, fluid, liquor, space, spaces",
        "subarachnoid, csf, basal × cistern, cisterns",
        "csf, cerebrospinal fluid × outside the ventricles, outside of the ventricular system, around the brain",
        "non-ventricular, peripheral × csf, cerebrospinal fluid",
    ),
    "cerebellar white matter": (
        "cerebellar × white matter, wm, medulla, medullary body, white",
        "corpus medullare, substantia alba × cerebelli",
        "cbl × wm",
    ),
    "cerebellar cortex": (
        "cerebellar, cerebellar cortical × cortex, gm, grey matter, grey",
        "cbl × gm, cortex",
        "cerebellum × exterior",
    ),
    "brain stem": (
        "truncus × cerebri, encephali, encephalicus",
        "cerebral, encephalic, encephalon × stem, trunk",
        "br × stem",
    ),
    "deep grey matter": (
        "deep, central, subcortical, deep cerebral × grey matter, gm, grey nuclei, grey structures, nuclei, grey",
        "dgm, sub cort gray, subcort gray, subcortical gm × ",
    ),
    "basal ganglia": (
        "basal, basal cerebral × ganglia, nuclei, ganglia nuclei",
        "bg × ",
    ),
    "striatum": ("striatal, striate × body, nuclei, nucleus, complex",),
    "lentiform nucleus": ("lentiform, lenticular × , nucleus, nuclei, complex, nuclear complex",),
    "thalamus": (
        "thalamic × nucleus, nuclei, complex, nuclear complex",
        "optic × thalamus",
        "thalamus × opticus, proper",
    ),
    "caudate nucleus": (
        "caudate, caudatus, caudatum × , nucleus, nuclei, complex, nuclear complex",
        "caud × ",
    ),
    "putamen": (
        "putamen, putaminal × nucleus, nuclei, complex, nuclear complex",
        "puta × ",
    ),
    "globus pallidus": (
        "pallidum, pallidal, globus pallidus × nucleus, nuclei, complex, nuclear complex",
        "pallid, pale × body, globe, nucleus",
        "pall × ",
    ),
    "nucleus accumbens": (
        "accumbens, accumbent, accumbens septi × , nucleus, nuclei, complex, nuclear complex",
        "n, nuc, ncl × accumbens",
        "accu, nac, nacc × ",
    ),
    "hippocampus": (
        "hippocampal, hippocampus × formation, structure, complex, proper",
        "hipp, hippo × ",
    ),
    "amygdala": (
        "amygdala, amygdaloid, amygdalar × nucleus, nuclei, complex, nuclear complex, body",
        "nucleus, corpus × amygdalae, amygdaloideum",
        "amyg × ",
    ),
    "medial temporal structures": (
        "medial, mesial × temporal structures, temporal lobe structures, temporal nuclei",
        "amygdala hippocampus, amygdala hippocampal, amygdalohippocampal, amygdalo hippocampal × complex, formation",
        "hippocampus amygdala, hippocampal amygdala, hippocampal amygdaloid × complex, formation",
    ),
    "ventral diencephalon": (
        "ventral × diencephalon, dc, interbrain, part of the diencephalon, part of the interbrain",
    ),
    "cerebellum": ("hemispherium, hemisphaerium × cerebelli",),
    "grey matter": ("total × gray, grey",),
    "skull": (
        "skull, cranial, cranium, head, calvarial × bone, bones, bony structures",
        "calvarium, calvaria, cranial vault × ",
    ),
    "eyes": (
        "eye, ocular, orbital, eyes × balls, globes, globe, bulbs",
        "bulbus, bulbi × oculi, oculorum",
        "globes, globe × ",
    ),
    "skin": ("head, scalp, face, facial × skin, integument, skin layer",),
    "soft tissue": ("head, extracranial, facial, face × soft tissue, soft tissues, soft parts",),
    "nasal mucosa": ("nasal, nose, sinonasal × mucosa, mucous membrane, lining, mucosal lining",),
    "spinal cord": (
        "cervical, upper cervical, upper × cord, spinal cord, medulla, myelon, part of the spinal cord",
        "spinal, cord of the × marrow, myelon, spine",
    ),
}


def family_names(concept: str) -> list[str]:
    names = []
    for family in FAMILIES.get(concept, ()):
        first_parts, _, second_parts = family.partition(" × ")
        firsts, seconds = ([part.strip() for part in parts.split(",")] for parts in (first_parts, second_parts))
        names += [f"{first} {second}".strip() for first, second in product(firsts, seconds)]
    return names
