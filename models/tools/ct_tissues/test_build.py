"""Checks of the builder of `ct-tissues`: pytest models/tools/ct_tissues"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator
from pydicom.sr import _cid_dict, _concepts_dict

from ct_tissues.build import SHIPPED, build
from ct_tissues.graph import TISSUES, build_graph
from ct_tissues.vocabulary import GROUPS, TARGETS

CODE = {name: code for code, (name, _) in enumerate(TISSUES)}


def files_of(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_builder_makes_the_shipped_package_again(tmp_path: Path) -> None:
    build(tmp_path)
    assert files_of(tmp_path) == files_of(SHIPPED)


def test_every_checksum_is_right() -> None:
    lines = (SHIPPED / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    actual = files_of(SHIPPED)
    actual.pop("SHA256SUMS")
    assert sums == actual


def codes_of(hu: np.ndarray) -> np.ndarray:
    (codes,) = ReferenceEvaluator(build_graph()).run(None, {"hu": hu[None, None].astype(np.int16)})
    assert codes.dtype == np.uint8
    return codes[0, 0]


@pytest.mark.parametrize(
    ("hu", "name"),
    [
        (-32768, "gas"),
        (-1000, "gas"),
        (-951, "gas"),
        (-950, "aerated"),
        (-401, "aerated"),
        (-400, "interface"),
        (-191, "interface"),
        (-190, "fat"),
        (-31, "fat"),
        (-30, "soft"),
        (99, "soft"),
        (100, "enhanced"),
        (199, "enhanced"),
        (200, "bone"),
        (449, "bone"),
        (450, "cortical"),
        (1999, "cortical"),
        (2000, "veryDense"),
        (2499, "veryDense"),
        (2500, "metal"),
        (32767, "metal"),
    ],
)
def test_each_bound_belongs_to_the_denser_tissue(hu: int, name: str) -> None:
    assert (codes_of(np.full((5, 5), hu)) == CODE[name]).all()


def test_noise_in_soft_tissue_makes_no_fat() -> None:
    noise = np.random.default_rng(1).normal(40, 30, (64, 64))
    assert (noise < -30).any()
    assert (codes_of(noise.round()) == CODE["soft"]).mean() > 0.999


def test_the_partial_volume_beside_air_is_no_fat_and_leaves_soft_tissue_alone() -> None:
    row = [-1000, -1000, -600, -100, 40, 40, 40]
    codes = codes_of(np.tile(row, (5, 1)))
    assert codes[2].tolist() == [CODE[n] for n in ("gas", "aerated", "aerated", "interface", "soft", "soft", "soft")]


def test_a_line_of_bone_keeps_its_width_and_does_not_thicken_its_neighbours() -> None:
    image = np.full((7, 7), 40)
    image[:, 3] = 700
    codes = codes_of(image)
    assert (codes[:, 3] == CODE["cortical"]).all()
    assert (np.delete(codes, 3, axis=1) == CODE["soft"]).all()


def test_slices_do_not_see_each_other() -> None:
    model = ReferenceEvaluator(build_graph())
    image = np.random.default_rng(2).integers(-1000, 1000, (3, 1, 6, 8)).astype(np.int16)
    (together,) = model.run(None, {"hu": image})
    for index in range(3):
        (alone,) = model.run(None, {"hu": image[index : index + 1]})
        assert (alone[0] == together[index]).all()


def test_the_graph_stays_within_opset_17() -> None:
    model = onnx.load(SHIPPED / "graphs" / "tissues.onnx")
    assert [opset.version for opset in model.opset_import] == [17]


def meaning_in_context_group(context_group: int, code: dict[str, str]) -> str | None:
    for keyword in _cid_dict.cid_concepts[context_group].get(code["scheme"], []):
        for value, (meaning, groups) in _concepts_dict.concepts[code["scheme"]][keyword].items():
            if value == code["value"] and context_group in groups:
                return meaning
    return None


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target["id"])
def test_codes_stand_in_the_standard(target: dict) -> None:
    concept = target["concept"]
    assert meaning_in_context_group(7150, concept["category"]) == concept["category"]["meaning"]
    if concept["type"]["scheme"] == "99PROMPTSEG":
        return
    found = {meaning_in_context_group(group, concept["type"]) for group in (7191, 7192, 7197)} - {None}
    assert found == {concept["type"]["meaning"]}


def test_no_word_means_two_things() -> None:
    words = [word.lower() for entry in (*TARGETS, *GROUPS) for word in (entry["name"], *entry["synonyms"])]
    assert sorted(words) == sorted(set(words))
    assert all(word == word.lower() for entry in (*TARGETS, *GROUPS) for word in entry["synonyms"])
