"""Bodies and heads, and what is drawn of them; needs ../shared/data."""

import json
from pathlib import Path

import numpy as np
import pytest

from field_of_view.atlas import organ_ranges, region_ranges, structure_ranges, targets_of
from field_of_view.package import manifest
from field_of_view.subjects import SPINE

MODELS = Path(__file__).resolve().parents[3]


def test_the_standard_body_is_itself(subjects):
    np.testing.assert_allclose(subjects.spine[0], subjects.standard, atol=3)
    liver = subjects.body_labels(0, np.array([[50.0, 130, 1110]], np.float32))
    assert liver[0] == 47
    brain = subjects.head_labels_at(subjects.heads[0], subjects.brain[None])
    assert subjects.head_labels.ids[brain[0]] in range(2, 86)


def test_an_example_has_the_heights_of_its_view(scenes, views):
    drawn = scenes.draw((4, 1), "ct", views["chest"])
    assert 0.2 < drawn.is_body.mean() < 0.95
    middle = drawn.height[tuple(n // 2 for n in drawn.height.shape)]
    # The box is tilted and scaled a little.
    assert middle == pytest.approx(views["chest"].middle[2], abs=30)
    assert drawn.height.shape == drawn.image.shape
    again = scenes.draw((4, 1), "ct", views["chest"])
    np.testing.assert_array_equal(drawn.image, again.image)


def test_a_head_is_above_the_neck_and_no_body_is_nowhere(scenes, views):
    head = scenes.draw((4, 2), "t1", views["head"])
    assert head.height[head.is_body].mean() > 1450
    nobody = scenes.draw((4, 3), "other")
    assert not nobody.is_body.any()


def test_heights_of_regions_and_organs_are_those_of_the_label_map(meshes, subjects):
    regions = region_ranges(meshes)
    assert list(regions) == ["head", "neck", "chest", "abdomen", "pelvis", "thigh"]
    assert all(own.low < own.high for own in regions.values())
    targets = targets_of(MODELS / "body")
    organs = organ_ranges(subjects, targets)
    assert set(organs) == set(targets)
    assert organs["liver"].low == pytest.approx(1018, abs=8)
    assert organs["liver"].high == pytest.approx(1182, abs=8)
    assert len(subjects.standard) == len(SPINE)


def test_structures_of_the_head_have_their_own_heights_and_tissues_of_the_whole_body_none(meshes, subjects):
    structures = structure_ranges(subjects, MODELS)
    brain, cerebellum, putamen = (structures[code] for code in ("12738006", "113305005", "89278009"))
    assert brain.low <= cerebellum.low < putamen.low < putamen.high < brain.high
    assert brain.low > 1440
    assert not {"87784001", "39937001", "2748008"} & set(structures)
    # The server refuses a package of another form.
    shipped = json.loads((MODELS / "field-of-view/field-of-view.json").read_text(encoding="utf-8"))
    assert shipped.keys() == manifest(region_ranges(meshes), structures).keys()
    assert {own["code"] for own in shipped["structures"]} == set(structures)
