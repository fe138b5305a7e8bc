import torch

from training.anatomy import meanings
from training.text_encoder import MAXIMUM_TOKENS, TextEncoder, learn_knowledge, utf8_tokens


def test_tokens_are_the_bytes_of_utf8():
    tokens = utf8_tokens(["Löß", "x" * 100])
    assert tokens[0].tolist()[:6] == [*"löß".encode(), 0]
    assert tokens.shape == (2, MAXIMUM_TOKENS)
    assert int((tokens[1] == ord("x")).sum()) == MAXIMUM_TOKENS


def test_what_follows_the_end_of_a_text_does_not_count():
    torch.manual_seed(0)
    encoder = TextEncoder(16).eval()
    tokens = utf8_tokens(["hippocampus", "left hippocampus and much more text"])
    with torch.no_grad():
        together, alone = encoder(tokens)[0], encoder(tokens[:1, :32])[0]
    assert torch.allclose(together, alone, atol=1e-5)


def test_a_short_lesson_already_separates_structures_and_sides(monkeypatch):
    expected = {
        "left hippocampus": "left hippocampus",
        "right hippocampus": "right hippocampus",
        "liver": "liver",
        "brain stem": "brain stem",
        "both thalamus": "thalamus",
    }
    # Among a tenth of the other meanings a quarter of the texts is enough.
    few = [meaning for n, meaning in enumerate(meanings()) if n % 10 == 0 or meaning.name in expected.values()]
    monkeypatch.setattr("training.text_encoder.meanings", lambda: few)
    knowledge = learn_knowledge(steps=60, batch=48, dimension=64)
    assert [m.name if m else None for m in knowledge.understood(list(expected))] == list(expected.values())
