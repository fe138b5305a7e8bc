"""What WebGPU lacks, written with what it has, gives the same numbers on the CPU."""

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import numpy_helper
from torch import nn

from training.portable_graph import transposed_weight, with_portable_operators


def exported(module: nn.Module, image: torch.Tensor, path) -> onnx.ModelProto:
    torch.onnx.export(
        module.eval(),
        (image,),
        str(path),
        opset_version=17,
        dynamo=False,
        input_names=["image"],
        output_names=["raised"],
        dynamic_axes={"image": {0: "n", 2: "x", 3: "y", 4: "z"}},
    )
    return onnx.load(str(path))


def run(model: onnx.ModelProto, image: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"image": image})[0]


@pytest.mark.parametrize("kernel", [(2, 2, 2), (1, 2, 2), (2, 1, 3)])
@pytest.mark.parametrize("bias", [True, False])
def test_a_rise_by_blocks_is_the_same_bit_for_bit(tmp_path, kernel, bias):
    torch.manual_seed(1)
    module = nn.Sequential(nn.ConvTranspose3d(5, 3, kernel, kernel, bias=bias), nn.LeakyReLU())
    model = exported(module, torch.zeros(1, 5, 2, 2, 2), tmp_path / "graph.onnx")
    image = np.random.default_rng(2).standard_normal((2, 5, 3, 4, 2)).astype(np.float32)
    before = run(model, image)
    after = with_portable_operators(model)
    assert "ConvTranspose" not in {node.op_type for node in after.graph.node}
    onnx.checker.check_model(after)
    np.testing.assert_array_equal(run(after, image), before)
    weight = next(tensor for tensor in after.graph.initializer if tensor.name.endswith("/weight"))
    np.testing.assert_array_equal(
        transposed_weight(numpy_helper.to_array(weight), kernel), module[0].weight.detach().numpy()
    )


def test_blocks_that_overlap_are_refused(tmp_path):
    module = nn.ConvTranspose3d(2, 2, 3, 2, padding=1)
    model = exported(module, torch.zeros(1, 2, 2, 2, 2), tmp_path / "graph.onnx")
    with pytest.raises(ValueError, match="separate blocks"):
        with_portable_operators(model)


def test_what_is_flat_stays_as_it_is(tmp_path):
    module = nn.ConvTranspose2d(2, 2, 3, 2, padding=1)
    torch.onnx.export(module, (torch.zeros(1, 2, 4, 4),), str(tmp_path / "flat.onnx"), opset_version=17, dynamo=False)
    model = onnx.load(str(tmp_path / "flat.onnx"))
    before = model.SerializeToString(deterministic=True)
    assert with_portable_operators(model).SerializeToString(deterministic=True) == before
