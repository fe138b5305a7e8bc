import hashlib

import numpy as np
import pytest

from knowledge.meshes import mesh_concepts
from knowledge.obo import read_terms
from knowledge.spelling import Variants, normal_form
from knowledge.table import is_held_out, own_entries, table
from knowledge.texts import Texts
from training.anatomy import concepts, meanings


def test_a_surface_counts_for_its_wholes_but_a_kind_has_no_place(meshes):
    found = {concept.name: concept for concept in mesh_concepts(meshes)}
    assert found["left odd artery"].wholes == {"trunk", "human body", "artery"}
    # Box of both pieces: x 20-30, y 0-10, z 700-900 mm; 3 mL, all of it well to the left.
    assert found["left odd artery"].place == pytest.approx(
        [0.025, 0.005, 0.8, np.log(10), np.log(10), np.log(200), np.log(3), np.tanh(2.5)]
    )
    assert found["odd organ"].place is None
    assert "human body" not in found


def test_terms_of_an_ontology(ontology):
    first, *_, scapula = read_terms(ontology)
    assert (first.identifier, first.name, first.fma) == ("U:1", "odd organ", ("FMA2",))
    assert first.synonyms == ("odd viscus", "organum impar", "marble holder", "stone bag")
    assert first.definition == "A hollow thing beside the spine that holds marbles ."
    assert first.parents == ("U:2",)
    assert scapula.name == "scapula"


def test_the_three_sources_are_joined(meshes, ontology):
    entries = table(meshes, [ontology])
    assert [entry.meaning for entry in entries[: len(meanings())]] == list(meanings())
    scapula = next(entry for entry in entries if entry.names[0] == "scapula")
    assert "scapular bone" in scapula.names
    odd = next(entry for entry in entries if entry.names[0] == "odd organ")
    assert odd.wholes == {"oddness", "everything"}
    assert {*odd.names, *odd.held_out} == {"odd organ", "odd viscus", "organum impar", "marble holder", "stone bag"}


def test_no_source_teaches_a_held_out_name_of_the_head_model(meshes, ontology):
    held_out = Variants([name for concept in concepts().values() for name in concept.held_out])
    assert "blade-bone" in held_out
    entries, own = table(meshes, [ontology]), own_entries()
    added = [name for entry, mine in zip(entries, own, strict=False) for name in entry.names if name not in mine.names]
    assert added
    assert not [name for name in added if name in held_out]


def test_the_split_depends_on_the_name_only():
    names = [f"name number {n}" for n in range(1000)]
    chosen = [name for name in names if is_held_out(name)]
    assert 150 < len(chosen) < 250
    assert hashlib.sha256("\n".join(chosen).encode()).hexdigest()[:12] == "36f04deb5fc7"


def test_no_training_text_has_the_words_of_a_held_out_name():
    entries, random = own_entries(), np.random.default_rng(1)
    # "The paired lateral ventricles" would follow from the definition, "iii ventricle" from "third ventricle".
    texts = Texts(entries)
    drawn = [(n, texts.draw(random, n)) for n in range(len(entries)) for _ in range(30)]
    forms = [{normal_form(name) for name in entry.held_out} for entry in entries]
    trained = {normal_form(name) for entry in entries for name in entry.names}
    spelt = [text for n, text in drawn if normal_form(text) in forms[n] - trained]
    assert spelt == []
