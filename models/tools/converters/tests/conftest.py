"""The tests import what stands beside them, and the programs that compare with upstream."""

import sys
from pathlib import Path

CONVERTERS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(CONVERTERS / "tests"), str(CONVERTERS / "upstream")]
