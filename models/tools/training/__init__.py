"""Training, evaluation and export of Promptseg's text-prompted head segmenter. See README.md."""

import os

# Otherwise ONNX Runtime sends events to its vendor and stores an identifier of the machine. Read when it is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
