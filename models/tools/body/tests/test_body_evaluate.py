import nibabel
import numpy as np
import pytest

from body.evaluate import as_table, evaluate, shipped_classes, why_not_shipped
from body.labels import CLASS_COUNT, CLASS_INDEX, CLASS_NAMES
from body.silver import SILVER, read_silver_scan


def write_scan(folder, labels, affine):
    nibabel.save(nibabel.Nifti1Image(np.where(labels == 5, 60, -100).astype(np.int16), affine), folder / "ct.nii.gz")
    nibabel.save(nibabel.Nifti1Image(labels, affine), folder / "labels.nii.gz")
    return "scan", folder / "ct.nii.gz", folder / "labels.nii.gz"


@pytest.fixture
def scan(tmp_path):
    """A liver of 64 mL to the right in a patient, stored with x to the left."""
    labels = np.zeros((20, 16, 12), np.uint8)
    labels[4:8, 4:8, 4:8] = 5
    affine = np.diag([-10.0, 10.0, 10.0, 1.0])
    return read_silver_scan(*write_scan(tmp_path, labels, affine))


def knows_liver(x):
    """Labels everything above 0 HU as liver."""
    import torch

    logits = torch.zeros(1 + CLASS_COUNT, *x.shape[2:])
    logits[CLASS_INDEX["liver"]] = 50 * (x[0, 0] - 0.5)
    logits[CLASS_INDEX["fat"]] = 1e-3
    return logits


def test_a_scan_is_read_with_its_axes_to_the_right_and_upwards(scan):
    assert scan.labels.shape == (20, 16, 12)
    assert np.argwhere(scan.labels == 5).min(0).tolist() == [12, 4, 4]
    assert scan.spacing == (10.0, 10.0, 10.0)
    assert scan.origin == (-190.0, 0.0, 0.0)


def test_image_and_labels_on_different_grids_are_refused(tmp_path):
    name, image, labels = write_scan(tmp_path, np.zeros((8, 8, 8), np.uint8), np.eye(4))
    nibabel.save(nibabel.Nifti1Image(np.zeros((8, 8, 8), np.uint8), np.diag([2.0, 1, 1, 1])), labels)
    with pytest.raises(ValueError, match="on different grids"):
        read_silver_scan(name, image, labels)


def test_a_network_that_knows_the_liver_gets_its_dice_and_volume(scan):
    (measured,) = evaluate(knows_liver, 10.0, [scan]).values()
    assert set(measured) == {"liver"}
    dice, found, there = measured["liver"]
    assert there == 64
    assert dice > 0.95
    assert found == pytest.approx(64, rel=0.1)


def test_a_class_ships_only_if_it_reaches_the_floor_on_every_scan_that_holds_enough_of_it():
    scans = {
        "one": {"liver": [0.9, 1, 30], "spleen": [0.69, 1, 30], "aorta": [0.7, 1, 30], "colon": [0.9, 1, 30]},
        "two": {"liver": [0.6, 1, 30], "left kidney": [0.8, 1, 30], "colon": [0.2, 1, 19], "pancreas": [0.1, 1, 2]},
    }
    assert shipped_classes(scans) == {"aorta", "left kidney", "colon"}
    table = as_table(scans)
    assert "| liver | 0.900 | 1 of 30 | 0.600 | 1 of 30 |" in table
    assert "| at least 0.7 | 3 | | 1 | |" in table


def test_a_sentence_says_why_a_class_does_not_ship():
    scans = {
        "one": {"left kidney": [0.8, 1, 30], "right kidney": [0.61, 1, 30]},
        "two": {"right kidney": [0.65, 1, 30]},
    }
    assert why_not_shipped(("left kidney", "right kidney"), scans) == (
        "on a real scan its Dice was 0.61, and at least 0.70 is asked for."
    )
    assert why_not_shipped(("heart",), scans) == "there was no real image to measure all of it on."


def test_silver_names_are_classes_and_no_number_counts_twice():
    assert set(SILVER) <= set(CLASS_NAMES)
    numbers = [number for own in SILVER.values() for number in own]
    assert len(numbers) == len(set(numbers))
