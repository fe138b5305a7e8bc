"""What the tests of the training share."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def label_data(shared_data) -> Path:
    return shared_data("train/brain_label_maps/data")


@pytest.fixture(scope="session")
def heads(label_data):
    """The label set and two maps."""
    import torch

    from training.label_maps import read_label_maps, read_label_set

    labels = read_label_set(label_data)
    return labels, read_label_maps(label_data, labels, torch.device("cpu"), slice(0, 2))


@pytest.fixture(scope="session")
def real_t1(shared_data):
    from training.real_t1 import read_real_t1

    return read_real_t1(shared_data("train/brain_t1_eval/data"))
