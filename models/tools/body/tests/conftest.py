"""What the tests of the bodies share."""

from pathlib import Path

import numpy as np
import pytest


@pytest.fixture(scope="session")
def meshes(shared_data) -> Path:
    return shared_data("train/body_meshes")


@pytest.fixture(scope="session")
def real_bodies(meshes):
    """Two bodies from the real anatomy, a man and a woman."""
    from body.bodies import build_body
    from body.shapes import read_anatomy

    anatomy = read_anatomy(meshes)
    return [build_body(anatomy, (1, number)) for number in (0, 3)]


@pytest.fixture(scope="session")
def small_body():
    """A block of fat in air with a liver and a kidney in it."""
    from body.bodies import Body

    labels = np.zeros((60, 50, 60), np.uint8)
    labels[8:52, 8:42] = 2
    labels[30:50, 12:38, 20:50] = 47
    labels[12:24, 14:28, 10:30] = 50
    return Body(labels, np.array([-60.0, 45.0, 960.0], np.float32))
