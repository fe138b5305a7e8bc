"""The ONNX graph of `ct-tissues`: Hounsfield units in, one tissue code per voxel out."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 17

# Lower bound in HU of each tissue code; code 0 has none. Codes are ordered by density, so a median of codes is
# meaningful. Sources and reasons: CARD.md, "Thresholds".
TISSUES: tuple[tuple[str, int | None], ...] = (
    ("gas", None),
    ("aerated", -950),
    ("interface", -400),
    ("fat", -190),
    ("soft", -30),
    ("enhanced", 100),
    ("bone", 200),
    ("cortical", 450),
    ("veryDense", 2000),
    ("metal", 2500),
)


def lower_bound(name: str) -> float:
    bound = dict(TISSUES)[name]
    if bound is None:
        raise ValueError(f"{name} has no lower bound")
    return float(bound)


def build_graph() -> onnx.ModelProto:
    """Model with input `hu` int16 [slices, 1, rows, columns] and output `tissue` uint8 of the same shape.

    Bone and the outer border of air are decided on the voxel itself, so thin structures keep their width. Gas against
    lung, and fat against soft tissue, are decided on the 3 x 3 mean in the slice, which divides the noise by about
    three. There bone counts as 199 HU, and next to air the voxel's own value decides, so neither turns its neighbours
    into another tissue. Voxels between -400 and -30 HU next to air are partial volume of air and tissue, not fat.
    """
    nodes: list[onnx.NodeProto] = []
    constants: dict[str, onnx.TensorProto] = {}

    def constant(name: str, value: float, dtype: type = np.float32) -> str:
        constants[name] = numpy_helper.from_array(np.array(value, dtype), name)
        return name

    def node(operator: str, inputs: list[str], output: str, **attributes: object) -> str:
        nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
        return output

    window = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "strides": [1, 1]}
    air_end = constant("air_end", lower_bound("interface"))
    fat_begin = constant("fat_begin", lower_bound("fat"))
    soft_begin = constant("soft_begin", lower_bound("soft"))
    bone_begin = constant("bone_begin", lower_bound("bone"))

    value = node("Cast", ["hu"], "value", to=TensorProto.FLOAT)
    tissue_last = constant("tissue_last", lower_bound("bone") - 1)
    without_bone = node("Min", [value, tissue_last], "without_bone")
    mean = node("AveragePool", [without_bone], "mean", count_include_pad=0, **window)
    negative = node("Neg", [value], "negative")
    highest_negative = node("MaxPool", [negative], "highest_negative", **window)
    beside_air = node(
        "Greater", [highest_negative, constant("air_end_negative", -lower_bound("interface"))], "beside_air"
    )

    is_air = node("Less", [value, air_end], "is_air")
    below_fat = node("Less", [value, fat_begin], "below_fat")
    below_soft = node("Less", [value, soft_begin], "below_soft")
    below_bone = node("Less", [value, bone_begin], "below_bone")

    mean_in_air = node("Min", [mean, constant("air_last", lower_bound("interface") - 1)], "mean_in_air")
    mean_without_air = node("Where", [beside_air, value, mean], "mean_without_air")
    mean_in_tissue = node("Clip", [mean_without_air, fat_begin, tissue_last], "mean_in_tissue")
    light = node("Where", [is_air, mean_in_air, value], "light")
    dense = node("Where", [below_bone, mean_in_tissue, value], "dense")
    smoothed = node("Where", [below_fat, light, dense], "smoothed")

    tissue_beside_air = node("And", [beside_air, below_soft], "tissue_beside_air")
    not_air = node("Not", [is_air], "not_air")
    is_interface = node("And", [tissue_beside_air, not_air], "is_interface")
    code_value = node("Where", [is_interface, air_end, smoothed], "code_value")

    code = constant("code_0", 0, np.uint8)
    for index, (name, bound) in enumerate(TISSUES):
        if bound is None:
            continue
        reached = node("GreaterOrEqual", [code_value, constant(f"{name}_from", float(bound))], f"reached_{name}")
        last = index == len(TISSUES) - 1
        code = node(
            "Where", [reached, constant(f"code_{index}", index, np.uint8), code], "tissue" if last else f"upto_{name}"
        )

    shape = ["slices", 1, "rows", "columns"]
    graph = helper.make_graph(
        nodes,
        "ct-tissues",
        [helper.make_tensor_value_info("hu", TensorProto.INT16, shape)],
        [helper.make_tensor_value_info("tissue", TensorProto.UINT8, shape)],
        [constants[name] for name in sorted(constants)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="promptseg")
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    return model
