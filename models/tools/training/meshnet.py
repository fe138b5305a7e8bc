"""brainchop's MeshNets (MIT), 17 structures without sides: for comparison with the model."""

from pathlib import Path

import numpy as np
import onnxruntime

from .inference import Image

FILES = {"brainchop MeshNet, 30 channels": "model30chan18cls.onnx", "brainchop MeshNet, 18 channels": "model18cls.onnx"}


def segment_with_meshnet(image: Image, path: Path, threads: int) -> np.ndarray:
    """uint8 [x, y, z]: structures 1–17 as in MERGED_STRUCTURES.

    The network needs 1 mm, axes to the left, downwards and to the front, and the 2nd and the 98th percentile of
    non-zero values scaled to 0 and 1.
    """
    stored = image.voxels.transpose(0, 2, 1)[::-1, ::-1].astype(np.float32)
    low, high = np.percentile(stored[stored > 0], [2, 98])
    scaled = np.ascontiguousarray(np.clip((stored - low) / (high - low), 0, 1), np.float32)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    (entry,) = session.get_inputs()
    shape = [1, 1, *scaled.shape]
    (labels,) = session.run(None, {entry.name: scaled.reshape(shape)})
    return labels.reshape(scaled.shape)[::-1, ::-1].transpose(0, 2, 1).astype(np.uint8)
