"""Checkpoints: which files are opened, and which names appear in refusals."""

import pickle
from pathlib import Path

import pytest
import torch

from converters.checkpoint import CheckpointError, matched, naming, read_checkpoint, without_copies, without_prefix


def saved(tmp_path, content):
    path = tmp_path / "weights.pth"
    torch.save(content, path)
    return path


def test_named_tensors_are_read(tmp_path):
    path = saved(tmp_path, {"model_state_dict": {"a": torch.ones(2)}, "step": 3})
    assert torch.equal(read_checkpoint(path, "model_state_dict")["a"], torch.ones(2))


class Evil:
    def __reduce__(self):
        return (eval, ("__import__('pathlib').Path('executed').touch()",))


def test_a_pickle_that_would_run_code_is_refused_and_runs_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = saved(tmp_path, {"model_state_dict": {"a": torch.ones(1)}, "hook": Evil()})
    with pytest.raises(CheckpointError, match=r"weights\.pth contains more than tensors") as refusal:
        read_checkpoint(path, "model_state_dict")
    assert "weights_only" not in str(refusal.value)
    assert not (tmp_path / "executed").exists()


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", pickle.dumps({"a": 1})[:5]])
def test_a_file_that_is_no_checkpoint_is_refused(tmp_path, content):
    path = tmp_path / "weights.pth"
    path.write_bytes(content)
    with pytest.raises(CheckpointError):
        read_checkpoint(path)


def test_a_truncated_checkpoint_is_refused(tmp_path):
    path = saved(tmp_path, {"a": torch.ones(1000)})
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(CheckpointError):
        read_checkpoint(path)


def test_the_entry_must_be_there_and_hold_tensors(tmp_path):
    path = saved(tmp_path, {"state_dict": {"a": 1}})
    with pytest.raises(CheckpointError, match="no entry 'model_state_dict'"):
        read_checkpoint(path, "model_state_dict")
    with pytest.raises(CheckpointError, match="more than named tensors"):
        read_checkpoint(path, "state_dict")


def test_every_wrong_tensor_is_named():
    state = {"right": torch.ones(2), "extra": torch.ones(1), "long": torch.ones(4), "norm1.bias": torch.ones(1)}
    with pytest.raises(CheckpointError) as refusal:
        matched(state, {"right": (2,), "long": (3,), "gone": (1,), "away": ()}, unused=[r"norm1\..*"])
    text = str(refusal.value)
    assert "missing: gone, away" in text
    assert "not known: extra" in text
    assert "long is 4 instead of 3" in text
    assert "norm1" not in text


def test_a_file_of_another_model_is_named_and_its_tensors_are_not_all_listed():
    wanted = {f"layer.{n}": (1,) for n in range(300)}
    with pytest.raises(CheckpointError, match=r"^nano\.pth: .* layer\.7 and 292 more$"), naming(Path("nano.pth")):
        matched({}, wanted)


def test_a_prefix_is_on_all_names_or_none():
    assert list(without_prefix({"module.a": torch.ones(1)}, "module.")) == ["a"]
    assert list(without_prefix({"a": torch.ones(1)}, "module.")) == ["a"]
    with pytest.raises(CheckpointError, match="such as b, are not"):
        without_prefix({"module.a": torch.ones(1), "b": torch.ones(1)}, "module.")


def test_a_copy_must_be_one():
    copies = {r"(.*)\.again": r"\1.first"}
    assert list(without_copies({"x.first": torch.ones(2), "x.again": torch.ones(2)}, copies)) == ["x.first"]
    for state in ({"x.first": torch.ones(2), "x.again": torch.zeros(2)}, {"x.again": torch.ones(2)}):
        with pytest.raises(CheckpointError, match=r"x\.again differs from x\.first, but must equal it"):
            without_copies(state, copies)
