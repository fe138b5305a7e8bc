"""What the tests of the tools share. Tests that need PyTorch or ../shared/data say so and are skipped, loudly, where it
is absent."""

import os
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"

# Jest has the other core. Processes that a test starts keep to one thread too.
os.environ["OMP_NUM_THREADS"] = "1"

try:
    import torch
except ModuleNotFoundError:
    warnings.warn(
        "PyTorch is not installed: the tests of body, converters, knowledge and training are SKIPPED", stacklevel=1
    )
    collect_ignore_glob = [
        f"{folder}/tests/test_*.py" for folder in ("body", "converters", "field_of_view", "knowledge", "training")
    ]
else:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """A path below ../shared/data; a test that needs an absent one is skipped."""

    def needed(path: str) -> Path:
        if (SHARED / path).exists():
            return SHARED / path
        message = f"SKIPPED: ../shared/data/{path} is absent"
        warnings.warn(message, stacklevel=1)
        pytest.skip(message)

    return needed
