"""What the tests share: the man of the label map, with one head. Imports wait until PyTorch is known to be there."""

from pathlib import Path

import nibabel
import numpy as np
import pytest


@pytest.fixture(scope="session")
def meshes(shared_data) -> Path:
    return shared_data("train/body_meshes")


@pytest.fixture(scope="session")
def subjects(meshes, shared_data, tmp_path_factory):
    """The man of the label map, and one head."""
    from body.bodies import Body
    from body.images import write_body
    from field_of_view.subjects import prepare, read_subjects

    folder = tmp_path_factory.mktemp("subjects")
    man = nibabel.load(meshes / "body_map_2mm.nii.gz")
    write_body(Body(np.asarray(man.dataobj), man.affine[:3, 3].astype(np.float32)), folder / "body-0000.npy")
    prepare(folder, meshes, folder)
    return read_subjects(folder, shared_data("train/brain_label_maps/data"), slice(0, 1))


@pytest.fixture(scope="session")
def scenes(subjects):
    from field_of_view.scenes import SceneGenerator

    return SceneGenerator(subjects)


@pytest.fixture(scope="session")
def views():
    """One of each region that the package must find."""
    from field_of_view.scenes import View

    return {
        "head": View(np.array([0, 90, 1550]), np.array([200, 240, 220]), True),
        "chest": View(np.array([0, 90, 1210]), np.array([400, 300, 280]), False),
        "abdomen": View(np.array([0, 90, 1050]), np.array([400, 300, 240]), False),
    }
