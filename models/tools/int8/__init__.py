"""Forms of image graphs in 8-bit integers, for processors that multiply them faster than float32."""

import os

# As in training/__init__.py: before ONNX Runtime is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
