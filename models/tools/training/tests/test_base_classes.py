import numpy as np

from training.base_classes import (
    CLASS_COUNT,
    CLASS_INDEX,
    IDS_OF_CLASS,
    IGNORE,
    MERGED_STRUCTURES,
    class_of_id,
    merged_structure_of_class,
    mirrored_class,
    side_of_class,
)


def test_no_label_belongs_to_two_classes():
    ids = [i for members in IDS_OF_CLASS.values() for i in members]
    assert len(ids) == len(set(ids))
    assert CLASS_COUNT == 38


def test_a_label_gets_its_class():
    table = class_of_id()
    assert table[17] == CLASS_INDEX["left hippocampus"]
    assert table[53] == CLASS_INDEX["right hippocampus"]
    assert table[0] == 0
    assert table[85] == IGNORE


def test_reflection_exchanges_sides_and_is_its_own_inverse():
    mirror, sides, merged = mirrored_class(), side_of_class(), merged_structure_of_class()
    assert np.array_equal(mirror[mirror], np.arange(256))
    left = sides == 1
    assert left.sum() == 14
    assert np.all(sides[mirror[left]] == 2)
    assert np.array_equal(merged[mirror], merged)
    assert mirror[CLASS_INDEX["brain stem"]] == CLASS_INDEX["brain stem"]


def test_every_merged_structure_has_classes():
    assert set(merged_structure_of_class()) == set(range(len(MERGED_STRUCTURES) + 1))
