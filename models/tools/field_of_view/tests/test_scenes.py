"""Bodies and heads, and what is drawn of them; needs ../shared/data."""

from pathlib import Path

import numpy as np
import pytest

from field_of_view.atlas import organ_ranges, region_ranges, targets_of
from field_of_view.subjects import SPINE

MODELS = Path(__file__).resolve().parents[3]


def test_the_standard_body_is_itself(subjects):
    np.testing.assert_allclose(subjects.spine[0], subjects.standard, atol=3)
    liver = subjects.body_labels(0, np.array([[50.0, 130, 1110]], np.float32))
    assert liver[0] == 47
    brain = subjects.head_labels_at(subjects.heads[0], subjects.brain[None])
    assert subjects.head_labels.ids[brain[0]] in range(2, 86)


def test_an_example_shows_body_where_its_places_are_in_the_body(scenes, subjects, views):
    drawn = scenes.draw((4, 1), "ct", views["chest"])
    assert 0.2 < drawn.is_body.mean() < 0.95
    places = np.moveaxis(drawn.place, 0, -1)
    inside = subjects.body_labels(0, places[drawn.is_body]) > 0
    assert inside.mean() > 0.99
    again = scenes.draw((4, 1), "ct", views["chest"])
    np.testing.assert_array_equal(drawn.image, again.image)


def test_a_head_has_no_side_and_no_body_has_no_place(scenes, views):
    head = scenes.draw((4, 2), "t1", views["head"])
    assert (head.place[0] == 0).all()
    assert head.place[2][head.is_body].mean() > 1450
    nobody = scenes.draw((4, 3), "other")
    assert not nobody.is_body.any()


def test_heights_of_regions_and_organs_are_those_of_the_label_map(meshes, subjects):
    regions = region_ranges(meshes)
    assert list(regions) == ["head", "neck", "chest", "abdomen", "pelvis", "thigh"]
    assert all(own.low < own.high for own in regions.values())
    targets = targets_of(MODELS / "body")
    organs = organ_ranges(subjects, targets)
    assert set(organs) == {*targets, "brain"}
    assert organs["liver"].low == pytest.approx(1018, abs=8)
    assert organs["liver"].high == pytest.approx(1182, abs=8)
    assert len(subjects.standard) == len(SPINE)
