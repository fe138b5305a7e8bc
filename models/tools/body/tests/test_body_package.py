import hashlib
import json

import numpy as np
import pytest

from body import package as package_module
from body.labels import CLASS_NAMES
from body.package import Trained, write_package
from body.run import begin_run
from body.settings import Settings
from body.vocabulary import STRUCTURES, UNIONS, rows_of_targets, vocabulary

SETTINGS = Settings(widths=(8, 8, 8, 8))
SCANS = {
    "scan": {"liver": [0.9, 1, 1], "left kidney": [0.8, 1, 1], "right kidney": [0.75, 1, 1], "spleen": [0.5, 1, 1]}
}


def test_structures_are_classes_with_codes_and_no_name_means_two():
    everything = {name for structure in STRUCTURES for name in structure.classes}
    assert everything <= set(CLASS_NAMES)
    made = vocabulary(everything, lambda _: "")
    targets = [(target["id"], [target["name"].lower(), *target["synonyms"]]) for target in made["targets"]]
    groups = [(tuple(group["members"]), [group["name"], *group["synonyms"]]) for group in made["groups"]]
    names = [name for _, own in [*targets, *groups] for name in own]
    assert len(names) == len(set(names))
    assert all(target["concept"]["type"]["value"] for target in made["targets"])
    sides = {target["id"]: target["concept"].get("laterality") for target in made["targets"]}
    assert sides["left-kidney"] == "left"
    assert sides["liver"] is None


def test_a_structure_with_sides_ships_with_both_or_not_at_all():
    assert set(rows_of_targets({"liver", "left kidney"})) == {"liver"}
    assert set(rows_of_targets({"liver", "left kidney", "right kidney"})) == {"liver", "left-kidney", "right-kidney"}


def test_a_union_ships_when_all_of_it_ships():
    def groups(*shipped):
        return {group["name"]: group["members"] for group in vocabulary(set(shipped), lambda _: "")["groups"]}

    assert groups("vertebrae") == {}
    assert groups("vertebrae", "sacrum") == {"spine": ["vertebrae", "sacrum"]}
    whole = groups(*(name for structure in STRUCTURES for name in structure.classes))
    assert whole["abdominal organs"] == [
        "liver", "spleen", "left-kidney", "right-kidney", "gallbladder", "stomach", "pancreas",
    ]  # fmt: skip
    assert {part for _, _, parts in UNIONS for part in parts} <= {structure.name for structure in STRUCTURES}


@pytest.fixture(scope="module")
def packaged(small_body, tmp_path_factory):
    folder = tmp_path_factory.mktemp("export") / "body"
    run = begin_run(SETTINGS)
    # An untrained network finds nothing; the last bias favours the liver.
    from training.network import fixed_codes

    liver = fixed_codes(len(CLASS_NAMES), SETTINGS.dimension)[CLASS_NAMES.index("liver")]
    run.average.head[-1].bias.copy_(10 * liver)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(package_module, "IMAGES", 1)
        write_package(Trained(run.average, SETTINGS, 7, SCANS), small_body, [small_body], folder, 1)
    return folder


def test_the_package_holds_what_reaches_the_floor_and_the_card_names_the_rest(packaged):
    manifest = json.loads((packaged / "model.json").read_text(encoding="utf-8"))
    assert set(manifest["targets"]) == {"liver", "left-kidney", "right-kidney"}
    assert manifest["rows"] == list(CLASS_NAMES)
    card = (packaged / "CARD.md").read_text(encoding="utf-8")
    assert "BodyParts3D 4.0, (c) The Database Center for Life Science" in card
    assert "Human Reference Atlas" in card
    assert "below the required Dice or not measured: spleen" in card
    assert max(len(line) for line in card.splitlines()) <= 120
    for line in (packaged / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((packaged / name).read_bytes()).hexdigest() == digest


def test_the_self_test_expects_what_the_graphs_make_of_its_image(packaged):
    golden = json.loads((packaged / "golden" / "golden.json").read_text(encoding="utf-8"))
    size = golden["grid"]["size"]
    voxels = np.fromfile(packaged / golden["voxels"]["file"], "<i2")
    assert voxels.size == np.prod(size)
    mask = np.unpackbits(np.fromfile(packaged / golden["expected"]["liver"], np.uint8), bitorder="little")
    assert 0.01 < mask[: voxels.size].mean() < 1
    assert golden["expected"]["left-kidney"] is None


def test_nothing_is_written_where_nothing_reaches_the_floor(small_body, tmp_path):
    trained = Trained(begin_run(SETTINGS).average, SETTINGS, 7, {"scan": {"liver": [0.5, 1, 1]}})
    with pytest.raises(ValueError, match="No class is accurate enough"):
        write_package(trained, small_body, [small_body], tmp_path / "b", 1)
    assert not (tmp_path / "b").exists()


def test_the_licence_is_the_repository_s():
    assert package_module.LICENCE.read_text(encoding="utf-8").lstrip().startswith("Apache License")
