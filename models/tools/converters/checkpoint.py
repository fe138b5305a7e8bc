"""Checkpoints: opened as tensors only, and compared with the model, name by name."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from pickle import UnpicklingError

import torch

State = Mapping[str, torch.Tensor]
NAMED_AT_MOST = 8
"""A file of another model lacks hundreds of tensors."""


class CheckpointError(ValueError):
    """A checkpoint that cannot be read, or is of another model."""


def read_checkpoint(path: Path, key: str | None = None) -> dict[str, torch.Tensor]:
    """The tensors of a checkpoint, on the CPU. Nothing in the file is executed: only tensors and plain containers are
    opened.

    key  if the file is a dictionary, the entry with the tensors
    @raises CheckpointError
    """
    return tensors_of(open_checkpoint(path), path, key)


def open_checkpoint(path: Path) -> object:
    """What a checkpoint contains, on the CPU, if these are only tensors and plain containers.

    @raises CheckpointError
    """
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except (UnpicklingError, RuntimeError, EOFError) as error:
        # PyTorch's own message suggests disabling this protection.
        raise CheckpointError(
            f"{path.name} contains more than tensors. It is not opened, because such files can run code. "
            "Download the complete file from its authors again"
        ) from error


def tensors_of(content: object, path: Path, key: str | None = None) -> dict[str, torch.Tensor]:
    """The named tensors in a checkpoint, or in an entry of it.

    @raises CheckpointError
    """
    if key is not None:
        if not isinstance(content, Mapping) or key not in content:
            raise CheckpointError(f"{path.name} has no entry {key!r}")
        content = content[key]
    if not isinstance(content, Mapping) or not all(isinstance(value, torch.Tensor) for value in content.values()):
        raise CheckpointError(f"{path.name} contains more than named tensors")
    return dict(content)


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Adds the name of the file to an error, for models with several checkpoints."""
    try:
        yield
    except CheckpointError as error:
        raise CheckpointError(f"{path.name}: {error}") from error


def without_prefix(state: State, prefix: str) -> dict[str, torch.Tensor]:
    """The same tensors without `prefix`, which PyTorch's wrappers add ("module."). All names have it, or none."""
    having = [name for name in state if name.startswith(prefix)]
    if not having:
        return dict(state)
    if len(having) != len(state):
        other = next(name for name in state if not name.startswith(prefix))
        raise CheckpointError(f"Some tensors are named {prefix}…, and some, such as {other}, are not")
    return {name.removeprefix(prefix): tensor for name, tensor in state.items()}


def without_copies(state: State, copies: Mapping[str, str]) -> dict[str, torch.Tensor]:
    """The state without tensors repeated under another name.

    copies  pattern of a copy's name → replacement that gives the name of the original (for re.sub)
    @raises CheckpointError if a copy differs from its original, or the original is absent
    """
    kept = dict(state)
    for name in state:
        for pattern, replacement in copies.items():
            if not re.fullmatch(pattern, name):
                continue
            original = re.sub(pattern, replacement, name)
            if original not in state or not torch.equal(state[name], state[original]):
                raise CheckpointError(f"{name} differs from {original}, but must equal it")
            del kept[name]
            break
    return kept


def matched(state: State, wanted: Mapping[str, Sequence[int]], unused: Iterable[str] = ()) -> dict[str, torch.Tensor]:
    """The tensors that a model needs, float32, in its own order; none missing, extra or misshapen.

    wanted  name → shape, from `shapes_of(module)`
    unused  patterns of names that a checkpoint may have and inference does not need
    @raises CheckpointError that names the wrong tensors, the first of each kind
    """
    patterns = [re.compile(pattern) for pattern in unused]
    missing = [name for name in wanted if name not in state]
    extra = [name for name in state if name not in wanted and not any(pattern.fullmatch(name) for pattern in patterns)]
    misshapen = [
        f"{name} is {_shape(state[name].shape)} instead of {_shape(shape)}"
        for name, shape in wanted.items()
        if name in state and tuple(state[name].shape) != tuple(shape)
    ]
    problems = [
        *([f"missing: {_listed(missing)}"] if missing else []),
        *([f"not known: {_listed(extra)}"] if extra else []),
        *([f"of another shape: {_listed(misshapen)}"] if misshapen else []),
    ]
    if problems:
        raise CheckpointError("This is not a checkpoint of the model. Tensors " + "\nTensors ".join(problems))
    return {name: state[name].float() for name in wanted}


def shapes_of(module: torch.nn.Module) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}


def _listed(names: Sequence[str]) -> str:
    more = len(names) - NAMED_AT_MOST
    return ", ".join(names[:NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")


def _shape(shape: Sequence[int]) -> str:
    return "×".join(str(length) for length in shape) or "one number"
