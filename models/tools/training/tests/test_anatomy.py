import re

import numpy as np
import pytest

from training.anatomy import UNIONS, ancestors, concepts, meanings
from training.base_classes import CLASS_NAMES, LATERAL_CLASSES, MIDLINE_CLASSES
from training.phrases import mistyped, nonsense, phrase
from training.vocabulary import rows_of_targets, vocabulary


def test_names_are_unique_over_all_concepts():
    names = [name for concept in concepts().values() for name in (*concept.taught_names, *concept.held_out)]
    assert sorted({n for n in names if names.count(n) > 1}) == []


def test_no_code_stands_for_two_concepts():
    codes = [c.code[0] for c in concepts().values() if c.code]
    assert sorted({c for c in codes if codes.count(c) > 1}) == []


def test_codes_and_meanings_stand_in_pydicoms_tables():
    tables = pytest.importorskip("pydicom.sr._concepts_dict").concepts["SCT"]
    known: dict[str, set[str]] = {}
    for entry in tables.values():
        for code, (meaning, *_) in entry.items():
            known.setdefault(code, set()).add(re.sub(r" \(body structure\)$", "", meaning).lower())
    for concept in concepts().values():
        if concept.code:
            value, meaning = concept.code
            assert meaning.lower() in known.get(value, set()), (concept.name, value, meaning, known.get(value))


def test_part_of_leads_to_the_human_body_without_circles():
    for name in concepts():
        line = ancestors(name)
        assert name == "human body" or line[-1] == "human body"


def test_every_base_class_has_a_concept_and_unions_hold_base_classes():
    for name in (*LATERAL_CLASSES, *MIDLINE_CLASSES):
        assert concepts()[name].sides == (name in LATERAL_CLASSES)
    for name, members in UNIONS.items():
        assert set(members) <= {*LATERAL_CLASSES, *MIDLINE_CLASSES}, name


def test_a_segmented_part_is_within_its_whole():
    whole_of = {m.name: set(m.classes) for m in meanings()}
    for meaning in meanings():
        if meaning.side is None and meaning.classes:
            for whole in ancestors(meaning.name):
                assert not whole_of[whole] or whole_of[meaning.name] <= whole_of[whole], (meaning.name, whole)


def test_sides_do_not_overlap_and_make_up_the_whole():
    by_name = {m.name: set(m.classes) for m in meanings()}
    for concept in concepts().values():
        if concept.sides and not concept.absent:
            left, right, both = (by_name[n] for n in (f"left {concept.name}", f"right {concept.name}", concept.name))
            assert not left & right
            midline = {c for c in both if c in MIDLINE_CLASSES}
            assert left | right | midline == both


def test_two_segmented_meanings_are_never_the_same_union():
    unions = [frozenset(m.classes) for m in meanings() if m.classes]
    assert len(unions) == len(set(unions))


def test_the_vocabulary_follows_the_servers_rules():
    value = vocabulary(["MR"])
    ids = [t["id"] for t in value["targets"]]
    assert len(ids) == len(set(ids))
    assert set(ids) == set(rows_of_targets())
    for target in value["targets"]:
        assert re.fullmatch(r"[a-z0-9-]+", target["id"])
        assert all(0 < len(n) <= 64 for n in (target["name"], *target["synonyms"]))
        assert len(target["concept"]["type"]["value"]) <= 16
        assert all(0 <= c <= 255 for c in target["concept"]["displayColour"])
    for group in value["groups"]:
        assert len(group["members"]) == 2
        assert set(group["members"]) <= set(ids)
    assert {row for rows in rows_of_targets().values() for row in rows} == set(CLASS_NAMES)
    codes = {(t["concept"]["type"]["value"], t["concept"].get("laterality")) for t in value["targets"]}
    assert len(codes) == len(ids)


def test_phrases_name_their_side():
    random = np.random.default_rng(1)
    left = next(m for m in meanings() if m.name == "left thalamus")
    for _ in range(50):
        words = set(re.findall(r"[a-z]+", phrase(random, left)))
        assert not words & {"right", "r", "rt", "rh"}


def test_a_typing_error_changes_at_most_one_letter_more_or_less():
    random = np.random.default_rng(2)
    for _ in range(50):
        assert abs(len(mistyped(random, "hippocampus")) - len("hippocampus")) <= 1
    assert mistyped(random, "brain") == "brain"
    assert nonsense(random)
