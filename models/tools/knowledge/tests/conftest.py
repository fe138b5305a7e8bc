import json

import pytest

NAMES = {"FMA1": "left odd organ", "FMA2": "odd organ", "FMA3": "left odd artery", "FMA4": "artery"}
ODD = [
    ("left odd organ", ["FMA1", "FMA2"], ["left odd organ", "trunk", "human body"], 20.0, [10, 0, 900], [40, 20, 960]),
    ("left odd artery", ["FMA3", "FMA4"], ["left odd artery", "trunk", "human body"], 2.0, [20, 0, 800], [30, 10, 900]),
    ("left odd artery", ["FMA3", "FMA4"], ["left odd artery", "trunk", "human body"], 1.0, [20, 0, 700], [30, 10, 800]),
    ("artery", ["FMA4"], ["artery", "human body"], 1.0, [-30, 0, 700], [-20, 10, 800]),
]
ONTOLOGY = """format-version: 1.2

[Term]
id: U:1
name: Odd organ
def: "A hollow thing beside the spine that holds marbles [source]." [ref:1]
synonym: "odd viscus" EXACT []
synonym: "organum impar" EXACT []
synonym: "marble holder" EXACT []
synonym: "stone bag" EXACT []
synonym: "near thing" RELATED []
xref: FMA:2
relationship: part_of U:2 ! oddness

[Term]
id: U:2
name: oddness
is_a: U:3 ! everything

[Term]
id: U:3
name: everything

[Term]
id: U:4
name: scapula
synonym: "scapular bone" EXACT []
synonym: "blade-bone" EXACT []
xref: FMA:5

[Term]
id: U:5
name: gone
xref: FMA:6
is_obsolete: true

[Typedef]
id: part_of
name: part of
"""


@pytest.fixture
def meshes(tmp_path):
    keys = ("name", "is_a", "part_of", "filled_ml", "low", "high")
    content = {"fma_names": NAMES, "meshes": [dict(zip(keys, row, strict=True)) for row in ODD]}
    (tmp_path / "meshes.json").write_text(json.dumps(content), encoding="utf-8")
    return tmp_path / "meshes.json"


@pytest.fixture
def ontology(tmp_path):
    (tmp_path / "odd.obo").write_text(ONTOLOGY, encoding="utf-8")
    return tmp_path / "odd.obo"
