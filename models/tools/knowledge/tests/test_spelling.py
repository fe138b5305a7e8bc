import pytest

from knowledge.numbers import renumbered
from knowledge.spelling import Variants, normal_form


@pytest.mark.parametrize(
    ("name", "variant"),
    [
        ("cortex of the cerebellum", "cerebellum cortex"),
        ("brain stem", "brainstem"),
        ("brain-stem", "brain stem"),
        ("grey matter", "gray matter"),
        ("oesophagus", "esophagus"),
        ("Ammon's horn", "ammon horn"),
        ("skull bones", "skull bone"),
        ("hippocampus", "hipocampus"),
        ("hippocampus", "hippocmapus"),
    ],
)
def test_a_name_in_another_spelling(name, variant):
    assert variant in Variants([name])


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("third ventricle", "fourth ventricle"),
        ("left kidney", "right kidney"),
        ("rib", "lip"),
        ("ilium", "ileum"),
        ("collar bone", "clavicle"),
    ],
)
def test_another_name(name, other):
    assert other not in Variants([name])


def test_a_latin_ending_is_no_plural():
    assert normal_form("thalamus") == "thalamus"
    assert normal_form("pelvis") == "pelvis"


class _Last:
    def choice(self, forms):
        return forms[-1]


def test_numbers_are_written_in_any_form():
    assert renumbered(_Last(), "third lumbar vertebra") == "3 lumbar vertebra"
    assert renumbered(_Last(), "iv ventricle") == "4 ventricle"
    assert renumbered(_Last(), "v cava") == "v cava"
