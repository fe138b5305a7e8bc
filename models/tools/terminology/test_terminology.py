"""Checks of the terminology table: pytest models/tools/terminology"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from pydicom.sr import _concepts_dict

from terminology.check_digit import has_valid_check_digit
from terminology.colours import cielab, distinct_colours
from terminology.count_codes import MODELS, published, schemes, shipped
from terminology.terminology import TABLE, concept_id_of, concept_of, concepts, private_code, table, write_table
from terminology.write_anatomical_terms import TARGET, published_by_concept, text

REFERENCE = MODELS.parent.parent / "shared" / "reference"
ENTRIES = [pytest.param(entry, id=entry["id"]) for entry in concepts().values()]
SNOMED = [pytest.param(entry, id=entry["id"]) for entry in concepts().values() if entry["type"]["scheme"] == "SCT"]
PRIVATE = [
    pytest.param(entry, id=entry["id"]) for entry in concepts().values() if entry["type"]["scheme"] == "99PROMPTSEG"
]
TARGETS = published() | shipped()


@cache
def meanings_in_the_standard(scheme: str) -> dict[str, dict[str, set[int]]]:
    """Code value → its meanings in lower case, without "(body structure)" → the context groups that list them."""
    found: dict[str, dict[str, set[int]]] = {}
    for keyword in _concepts_dict.concepts[scheme].values():
        for value, (meaning, groups) in keyword.items():
            plain = re.sub(r" \([a-z ]+\)$", "", meaning).lower()
            found.setdefault(value, {}).setdefault(plain, set()).update(groups)
    return found


def groups_of(code: dict) -> set[int]:
    return set().union(*meanings_in_the_standard(code["scheme"]).get(code["value"], {}).values())


def words(text: str) -> set[str]:
    """The first four letters of every significant word, without a plural s: "ribs" equals "rib"."""
    return {word.rstrip("s")[:4] for word in re.findall(r"[a-z0-9]+", text.lower())} - {
        "of",
        "and",
        "the",
        "stru",
        "part",
    }


# Coverage


@pytest.mark.parametrize("model", TARGETS)
def test_every_target_of_every_model_has_a_concept(model: str) -> None:
    unknown = []
    for term, image_type in TARGETS[model]:
        try:
            concept_of(term, image_type)
        except LookupError:
            unknown.append((term, image_type))
    assert unknown == []


def test_the_published_terms_are_those_of_the_reference() -> None:
    if not REFERENCE.exists():
        pytest.skip(f"SKIPPED: {REFERENCE} is not there, so the published terms are not compared with it")
    sat = json.loads((REFERENCE / "sat_vocabulary.json").read_text(encoding="utf-8"))
    assert sorted(c["prompt"] for c in sat["classes"]) == sorted(term for term, _ in published()["SAT"])
    biomedparse = json.loads((REFERENCE / "biomedparse_ontology.json").read_text(encoding="utf-8"))
    assert set(biomedparse["v2_3d"]["distinct_labels"]) == {term for term, _ in published()["BiomedParse v2"]}
    leaves = (
        leaf["name"] for kind in biomedparse["v1"]["ontology"].values() for group in kind.values() for leaf in group
    )
    asked = {
        (term, image)
        for key in ("recognition_targets_by_image_type", "existence_test_targets")
        for image, names in biomedparse["v1"][key].items()
        for term in names
    }
    others = biomedparse["v1"]["additional_target_names_in_counts"]
    assert set(published()["BiomedParse"]) == {*((leaf, None) for leaf in (*leaves, *others)), *asked}


def test_most_targets_have_a_standard_code() -> None:
    # What docs/integrate/terminology.md states.
    assert {model: schemes(targets)["99PROMPTSEG"] for model, targets in TARGETS.items()} == {
        "SAT": 105,
        "BiomedParse": 37,
        "BiomedParse v2": 28,
        "ct-tissues": 1,
        "head": 4,
        "body": 4,
    }


# Codes


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_code_stands_with_its_meaning_where_the_table_says(entry: dict) -> None:
    code, source = entry["type"], entry["source"]
    if code["scheme"] == "99PROMPTSEG":
        assert source == "own"
        return
    meanings = meanings_in_the_standard(code["scheme"]).get(code["value"])
    if source.startswith("CID "):
        assert int(source.removeprefix("CID ")) in meanings[code["meaning"].lower()]
    elif source == "PS3.16":
        assert code["meaning"].lower() in meanings
    else:
        assert set(source.split(", ")) <= {"TG-263", "eHDSI", "FHIR", "Slicer"}
        assert meanings is None, "the standard has this code: use its meaning"


@pytest.mark.parametrize("entry", SNOMED)
def test_a_snomed_identifier_has_a_valid_check_digit(entry: dict) -> None:
    assert re.fullmatch(r"[1-9][0-9]{5,15}", entry["type"]["value"])
    assert has_valid_check_digit(entry["type"]["value"])


def test_the_wrong_identifier_of_the_inferior_alveolar_nerve_is_found() -> None:
    # SlicerTotalSegmentator's table has it; SNOMED CT has no such identifier.
    assert not has_valid_check_digit("55636003")
    assert concept_of("inferior alveolar nerve")["type"]["scheme"] == "99PROMPTSEG"


def test_a_check_digit_finds_each_wrong_digit_and_each_swap() -> None:
    right = "78961009"
    assert has_valid_check_digit(right)
    for place, digit in enumerate(right):
        for other in set("0123456789") - {digit}:
            assert not has_valid_check_digit(right[:place] + other + right[place + 1 :])
    for place in range(len(right) - 1):
        swapped = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
        assert swapped == right or not has_valid_check_digit(swapped)


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_code_of_one_side_never_stands_for_both(entry: dict) -> None:
    # 29700009, "Subclavian artery" in a well-known table, is the right subclavian artery.
    if "left" not in entry["displayColours"] or entry["type"]["scheme"] == "99PROMPTSEG":
        return
    stated = [
        entry["type"]["meaning"],
        *meanings_in_the_standard(entry["type"]["scheme"]).get(entry["type"]["value"], {}),
    ]
    assert not [meaning for meaning in stated if re.search(r"\b(left|right)\b", meaning, re.IGNORECASE)]


def test_no_two_concepts_share_a_code_or_a_meaning() -> None:
    codes = [(c["category"], c["type"]["value"], c["type"]["scheme"], c.get("region")) for c in concepts().values()]
    assert sorted({code for code in codes if codes.count(code) > 1}) == []
    meanings = [(c["type"]["meaning"].lower(), c.get("region")) for c in concepts().values()]
    assert sorted({meaning for meaning in meanings if meanings.count(meaning) > 1}) == []
    assert len(concepts()) == len(table()["concepts"])


def test_a_code_has_one_meaning_throughout() -> None:
    meanings: dict[tuple[str, str], set[str]] = {}
    for code in (c["type"] for c in concepts().values()):
        meanings.setdefault((code["scheme"], code["value"]), set()).add(code["meaning"])
    assert {code: found for code, found in meanings.items() if len(found) > 1} == {}


@pytest.mark.parametrize("entry", PRIVATE)
def test_a_private_code_follows_from_the_id_and_stands_only_where_the_standard_has_none(entry: dict) -> None:
    assert entry["type"]["value"] == private_code(entry["id"])
    assert 1 <= len(entry["type"]["value"]) <= 16
    known = {meaning for meanings in meanings_in_the_standard("SCT").values() for meaning in meanings}
    meaning = entry["type"]["meaning"].lower()
    assert meaning not in known
    assert f"structure of {meaning}" not in known
    assert f"{meaning} structure" not in known


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_meaning_fits_a_long_string(entry: dict) -> None:
    # PS3.5 table 6.2-1
    assert re.fullmatch(r"[ -\[\]-~]{1,64}", entry["type"]["meaning"])


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_words_of_a_term_are_those_of_its_code_or_a_note_says_why_not(entry: dict) -> None:
    region = concepts()[entry["region"]] if "region" in entry else None
    meant = words(entry["type"]["meaning"]) | (words(region["type"]["meaning"] + region["id"]) if region else set())
    strangers = [term for term in entry["terms"] if not words(term) & meant]
    assert strangers == [] or "note" in entry


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_category_is_that_of_the_context_group_of_the_code(entry: dict) -> None:
    group_of = {
        "Tissue": 7191,
        "Anatomical Structure": 7192,
        "Morphologically Abnormal Structure": 7194,
        "Body Substance": 7197,
        "Substance": 7198,
    }
    if entry["type"]["scheme"] == "99PROMPTSEG":
        return
    stated = {category for category, group in group_of.items() if group in groups_of(entry["type"])}
    assert not stated or entry["category"] in stated


def test_categories_are_those_of_the_standard() -> None:
    for name, code in table()["categories"].items():
        assert code["meaning"] == name
        assert 7150 in meanings_in_the_standard("SCT")[code["value"]][name.lower()]


# Sides, unions, lesions

PARTS_WITH_SIDES_IN_THEIR_NAMES = {
    "left-atrium",
    "left-ventricle",
    "left-ventricle-cavity",
    "left-lobe-of-liver",
}
"""Chambers and lobes: left and right are different structures, not sides of one."""


def test_left_and_right_of_a_pair_have_the_same_type_and_different_sides() -> None:
    pairs = 0
    for targets in TARGETS.values():
        terms = {term.lower(): image_type for term, image_type in targets}
        for term, image_type in terms.items():
            other = re.sub(r"\bleft\b", "right", term)
            if other == term or other not in terms or concept_id_of(term) in PARTS_WITH_SIDES_IN_THEIR_NAMES:
                continue
            left, right = (concept_of(name, image_type) for name in (term, other))
            pairs += 1
            assert (left["laterality"], right["laterality"]) == ("left", "right"), term
            assert left["displayColour"] != right["displayColour"]
            for concept in (left, right):
                del concept["laterality"], concept["displayColour"]
            assert left == right
    assert pairs > 150


def test_structures_that_only_share_a_word_with_a_pair_differ() -> None:
    for identifier in PARTS_WITH_SIDES_IN_THEIR_NAMES:
        left, right = concepts()[identifier]["type"], concepts()[identifier.replace("left", "right")]["type"]
        assert left["value"] != right["value"]


@pytest.mark.parametrize(
    ("term", "code", "laterality"),
    [
        ("kidney", "64033007", None),
        ("left kidney", "64033007", "left"),
        ("both kidney", "64033007", "both"),
        ("Lung upper lobe left", "45653009", "left"),
        ("left lung upper lobe", "45653009", "left"),
        ("head of right femur", "2812003", "right"),
        ("left rib 12", "43993008", "left"),
        ("rib", "113197003", None),
        ("right lung middle lobe", "72481006", None),
        ("left heart atrium", "82471001", None),
        ("Urinary_bladder", "89837001", None),
        ("lateral ventricles", "66720007", "both"),
    ],
)
def test_a_side_is_found_wherever_it_stands(term: str, code: str, laterality: str | None) -> None:
    concept = concept_of(term)
    assert (concept["type"]["value"], concept.get("laterality")) == (code, laterality)


@pytest.mark.parametrize(
    "term", ["", "left", "left liver", "right spleen", "left left kidney", "unicorn", "kidney stone"]
)
def test_what_the_table_does_not_know_is_no_concept(term: str) -> None:
    with pytest.raises(LookupError):
        concept_of(term)


def test_a_word_means_what_it_means_in_that_kind_of_image() -> None:
    assert concept_of("tumor", "CT-Chest")["anatomicRegion"]["meaning"] == "Lung"
    assert concept_of("tumor", "CT-Liver")["anatomicRegion"]["meaning"] == "Liver"
    assert "anatomicRegion" not in concept_of("tumor")
    assert concept_of("aorta", "CT-Abdomen") == concept_of("aorta")
    with pytest.raises(LookupError):
        concept_of("polyp", "CT-Chest")


def test_a_lesion_is_coded_by_what_it_is_and_where_it_is() -> None:
    cyst = concept_of("left kidney cyst")
    assert cyst["category"]["meaning"] == "Morphologically Abnormal Structure"
    assert cyst["type"] == {"value": "367643001", "scheme": "SCT", "meaning": "Cyst"}
    assert cyst["anatomicRegion"] == {"value": "64033007", "scheme": "SCT", "meaning": "Kidney"}
    assert cyst["laterality"] == "left"


ABNORMAL_IN_SAT = """brain edema, brain tumor, colon cancer, covid-19 infection, enhancing brain tumor,
head and neck tumor, intracranial hemorrhage, kidney cyst, kidney tumor, liver tumor, lung effusion, lung nodule,
lung tumor, myocardial edema, nasopharyngeal tumor, necrotic brain tumor core, pancreas tumor, pulmonary embolism,
stroke, tumor, vestibular schwannoma, white matter hyperintensities"""


@pytest.mark.parametrize("term", re.split(r",\s+", ABNORMAL_IN_SAT))
def test_what_is_abnormal_has_an_abnormal_category(term: str) -> None:
    assert concept_of(term)["category"]["meaning"] == "Morphologically Abnormal Structure"


def test_a_scar_is_a_tissue_as_in_context_group_7191() -> None:
    for term in ("left heart atrium scar", "myocardial scar"):
        assert concept_of(term)["category"]["meaning"] == "Tissue"
        assert concept_of(term)["type"]["meaning"] == "Scar tissue"


# The shipped models


@pytest.mark.parametrize(
    "target",
    json.loads((MODELS / "ct-tissues/vocabulary.json").read_text())["targets"],
    ids=lambda target: target["id"],
)
def test_ct_tissues_codes_its_targets_as_the_table_does(target: dict) -> None:
    assert target["concept"] == concept_of(target["name"])


def test_the_table_of_anatomy_has_the_codes_of_this_one() -> None:
    rows = json.loads((MODELS / "tools/training/anatomy.json").read_text(encoding="utf-8"))
    compared, differing = 0, []
    for row in rows:
        try:
            code = concept_of(row["name"])["type"]
        except LookupError:
            assert row["region"] == "absent", row["name"]
            continue
        if "code" in row:
            compared += 1
            if code["scheme"] != "SCT" or code["value"] != row["code"]["value"]:
                differing.append((row["name"], row["code"], code))
    assert differing == []
    assert compared > 50


# Colours


def all_colours() -> list[list[int]]:
    return [colour for entry in concepts().values() for colour in entry["displayColours"].values()]


def test_every_colour_is_one_and_differs_visibly_from_every_other() -> None:
    colours = np.array(all_colours())
    assert colours.min() >= 0
    assert colours.max() <= 255
    lab = cielab(colours.astype(float))
    distance = np.linalg.norm(lab[:, None] - lab[None], axis=2)
    np.fill_diagonal(distance, np.inf)
    # A difference of 2.3 is just noticeable (Mahy, Van Eycken, Oosterlinck 1994).
    assert distance.min() >= 9


def test_a_colour_is_asked_for_a_whole_and_for_both_sides_of_a_pair() -> None:
    assert {tuple(entry["displayColours"]) for entry in concepts().values()} == {("whole",), ("whole", "left", "right")}


def test_a_new_colour_keeps_away_from_those_that_are_taken() -> None:
    taken = [[200, 30, 30], [30, 200, 30]]
    new = distinct_colours(taken, 3)
    lab = cielab(np.array([*taken, *new], dtype=float))
    distance = np.linalg.norm(lab[:, None] - lab[None], axis=2)
    np.fill_diagonal(distance, np.inf)
    assert distance.min() > 40


def test_cielab_of_known_colours() -> None:
    lab = cielab(np.array([[255.0, 255, 255], [0, 0, 0], [255, 0, 0]]))
    assert np.allclose(lab, [[100, 0, 0], [0, 0, 0], [53.2, 80.1, 67.2]], atol=0.1)


# The file


def test_the_table_is_written_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("terminology.terminology.TABLE", tmp_path / "concepts.json")
    write_table(json.loads(TABLE.read_text(encoding="utf-8")))
    assert (tmp_path / "concepts.json").read_bytes() == TABLE.read_bytes()


def test_the_server_has_the_anatomical_terms_of_this_table() -> None:
    assert TARGET.read_text(encoding="utf-8") == text(), "run python -m terminology.write_anatomical_terms"


def test_the_published_models_of_a_structure_are_named_with_their_modalities() -> None:
    liver = published_by_concept()["liver"]
    assert liver == {"SAT": {"CT", "MR"}, "BiomedParse": {"CT", "MR"}, "BiomedParse v2": set()}
    assert published_by_concept()["lung-nodule"]["BiomedParse"] == {"CT"}
