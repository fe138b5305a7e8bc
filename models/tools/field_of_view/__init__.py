"""What a volume shows, from the image alone: training images, network, measuring and export of the package
`field-of-view`. See README.md."""

import os

# Otherwise ONNX Runtime sends events to its vendor and stores an identifier of the machine. Read when it is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
