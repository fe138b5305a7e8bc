"""The image graph and the mask graph of a package as one, so that a window's features stay in ONNX Runtime.

Between two graphs the server's binding copies them: 64 float32 for each voxel, 0.5 GB for a window of 112 × 128 × 144.
One graph took 15 % (head) and 16 % (body) less processor time in int8, and 0.4 to 0.5 GB less memory.
"""

import os

# As in training/__init__.py: before ONNX Runtime is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

from onnx import ModelProto, checker, compose
from onnx.utils import Extractor

IMAGE, FEATURES, QUERIES, PROBABILITIES = "image", "features", "queries", "probabilities"


def joined(image: ModelProto, mask: ModelProto) -> ModelProto:
    """`image` [1, 1, x, y, z] and `queries` [n, dimension] → `probabilities` [x·y·z, n + 1].

    @param image `image` → `features`
    @param mask  `features`, `queries` → `probabilities`, of the same operator set
    """
    model = compose.merge_models(image, mask, io_map=[(FEATURES, FEATURES)])
    # Merged, both graphs' entries for the same operators would be there.
    del model.opset_import[:]
    model.opset_import.extend(image.opset_import)
    checker.check_model(model)
    return model


def parts(model: ModelProto) -> tuple[ModelProto, ModelProto]:
    """The two graphs that `joined` made one."""
    extractor = Extractor(model)
    image = extractor.extract_model([IMAGE], [FEATURES])
    return image, extractor.extract_model([FEATURES, QUERIES], [PROBABILITIES])
