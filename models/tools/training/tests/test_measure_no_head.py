from dataclasses import replace

import numpy as np
import pytest
import torch

from body.bodies import Body
from field_of_view.real import Volume
from field_of_view.tissues import tissue_of_label
from training.base_classes import CLASS_COUNT, CLASS_INDEX
from training.golden import MINIMUM_VOLUME_ML
from training.inference import Image
from training.measure_no_head import HEAD, Scan, along_patient, draw_scan, found, without_air

SKULL = 98


def sees(threshold: float, name: str):
    """A network that marks a class where the image is brighter."""

    def run(image: torch.Tensor) -> torch.Tensor:
        logits = torch.zeros(1 + CLASS_COUNT, *image.shape[2:])
        logits[CLASS_INDEX[name]] = torch.where(image[0, 0] > threshold, 9.0, -9.0)
        logits[0] = 1
        return logits

    return run


@pytest.fixture(scope="module")
def image() -> Image:
    voxels = np.full((40, 40, 20), -1000, np.float32)
    voxels[10:30, 10:30, 5:15] = 30
    voxels[20, 20, 8:14] = 300
    return Image(voxels, (2.0, 2.0, 2.0))


def test_a_target_is_found_from_the_servers_minimum_volume_on(image):
    volume = 6 * 8 / 1000
    assert volume < MINIMUM_VOLUME_ML
    assert found(sees(0.9, "skull"), 2.0, Scan("ct", "CT", image)) == {}
    larger = image.voxels.copy()
    larger[20, 21, 8:14] = 300
    own = found(sees(0.9, "skull"), 2.0, Scan("ct", "CT", replace(image, voxels=larger)))
    assert own["skull"] == pytest.approx(2 * volume, abs=0.01)
    assert "brain" not in own


def test_ct_keeps_its_units(image):
    """Soft tissue of 30 HU is half of the window; by percentiles it would be nearly as bright as the brightest."""
    assert "skull" not in found(sees(0.55, "skull"), 2.0, Scan("ct", "CT", image))
    assert "skull" in found(sees(0.55, "skull"), 2.0, Scan("t1", "MR", image))


def test_air_around_a_ct_changes_nothing(image):
    cut = without_air(image)
    assert cut.voxels.size < image.voxels.size / 2
    network = sees(0.4, "skull")
    assert found(network, 2.0, Scan("ct", "CT", cut)) == found(network, 2.0, Scan("ct", "CT", image)) != {}


def test_a_turned_volume_stands_in_the_patient():
    voxels = np.zeros((20, 10, 8), np.float32)
    voxels[4, 7, 2] = 1
    # Axes: to the front, downwards, to the left; 4, 2 and 6 mm.
    affine = np.array([[0, 0, -6, 100], [4, 0, 0, -40], [0, -2, 0, 30], [0, 0, 0, 1]], float)
    own = along_patient(Volume(voxels, affine))
    brightest = np.unravel_index(own.voxels.argmax(), own.voxels.shape)
    place = np.array(own.origin) + np.array(brightest) * own.spacing
    assert place.tolist() == (affine @ [4, 7, 2, 1])[:3].tolist()


def test_volumes_are_the_same_each_time_and_show_no_head(heads):
    labels = np.zeros((120, 100, 400), np.uint8)
    labels[20:100, 20:80, :300] = 2
    labels[20:100, 20:80, 300:] = SKULL
    body = Body(labels, np.array([-120.0, -10.0, 620.0], np.float32))
    tissues = tissue_of_label(heads[0])
    assert SKULL in HEAD
    for number in range(3):
        one, again = (draw_scan(np.random.default_rng((1, number)), [body], tissues) for _ in range(2))
        assert np.array_equal(one.image.voxels, again.image.voxels)
        assert one.image == replace(again.image, voxels=one.image.voxels)
        if one.kind == "ct":
            # Fat and a table; a skull is above 500.
            assert np.percentile(one.image.voxels, 99) < 300
