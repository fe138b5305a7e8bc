"""Converters: from published checkpoints of text-prompted models to model packages.

Offline tools only; see docs/develop/model-packages.md.
"""

import os

# As in the package training.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
