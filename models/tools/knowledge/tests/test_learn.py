import pytest
import torch

from knowledge.encoder import NgramEncoder
from knowledge.learn import Course, Tasks, learn
from knowledge.measure import measure_others, measure_own, measure_places
from knowledge.nearest import Members, NearestName
from knowledge.table import Entry, own_entries
from training.text_encoder import utf8_tokens


def test_only_letters_digits_and_their_order_count():
    torch.manual_seed(0)
    encoder = NgramEncoder(16).eval()
    with torch.no_grad():
        dash, space, padded, other = encoder(
            utf8_tokens(["brain-stem", "brain stem", "brain stem" + " x" * 20, "stem brain"])
        )
        short = encoder(utf8_tokens(["brain stem"])[:, :12])[0]
    assert torch.allclose(dash, space)
    assert torch.allclose(short, space, atol=1e-6)
    assert not torch.allclose(padded, space, atol=1e-3)
    assert not torch.allclose(other, space, atol=1e-3)


def _others() -> list[Entry]:
    """Two concepts with names of their own, one low on the left, one high on the right."""
    low = torch.tensor([0.1, 0.0, 0.6, 3.0, 3.0, 3.0, 2.0, 1.0]).numpy()
    high = torch.tensor([-0.1, 0.0, 1.4, 5.0, 5.0, 5.0, 6.0, -1.0]).numpy()
    return [
        Entry(("zyxo gland", "glandula zyxoa"), ("zyxoan gland",), wholes=frozenset({"low things"}), place=low),
        Entry(("quarbel muscle", "musculus quarbelis"), ("quarbeloid muscle",), place=high),
    ]


def test_a_short_lesson_teaches_names_places_and_synonyms_of_the_same_stem():
    entries = [*own_entries(), *_others()]
    members = Members((learn(entries, Course(steps=100, batch=96)),))
    own = measure_own(NearestName(members, entries))
    assert own["taught"] > 0.7
    assert own["of_no_spelling"] == 94
    others = measure_others(members, entries)
    assert others["names"] == 2
    assert others["by_name"] == 1
    places = measure_places(members, entries)
    assert places["mm"] < places["mean_mm"] / 2
    assert members.places_of(["left zyxo gland"])[0, 2] < 1 < members.places_of(["quarbel muscle"])[0, 2]


def test_members_agree_on_the_mean_of_their_cosines():
    entries = own_entries()
    torch.manual_seed(1)
    both = [Tasks(entries).eval().requires_grad_(False) for _ in range(2)]
    texts = ["liver", "left kidney"]
    apart = [float(codes[0] @ codes[1]) for codes in (Members((member,)).codes(texts) for member in both)]
    joined = Members(tuple(both)).codes(texts)
    assert float(joined[0] @ joined[1]) == pytest.approx(sum(apart) / 2, abs=1e-5)
