from training.anatomy import concepts
from training.name_families import FAMILIES, family_names


def test_every_first_part_goes_with_every_second_one():
    names = family_names("caudate nucleus")
    assert {"caudate", "caudate nucleus", "caudatum nuclear complex"} <= set(names)
    assert family_names("fourth ventricle")[-2:] == ["v4", "rhombencephalic ventricle"]
    assert family_names("corpus callosum") == []


def test_families_are_of_what_is_segmented_and_name_one_thing_only():
    assert all(not concepts()[name].absent for name in FAMILIES)
    owners: dict[str, str] = {}
    for concept in FAMILIES:
        for name in family_names(concept):
            assert name == " ".join(name.split())
            assert owners.setdefault(name, concept) == concept
