"""Writes facts/voxtell.json: names and shapes of the tensors in VoxTell's checkpoint, from upstream's public code,
without weights.

    python upstream/voxtell_keys.py UPSTREAM        (a checkout of github.com/MIC-DKFZ/VoxTell, with the
    requirements of its pyproject.toml)

The sizes are in plans.json, published with the weights, which were not available; they are taken from upstream's
predictor and its trainer, whose encoder copies the published encoder's weights.
"""

import sys
from pathlib import Path

import torch

FIXED = {
    "decoder_layer": 4,
    "text_embedding_dim": 2560,
    "num_maskformer_stages": 5,
    "num_heads": 32,
    "query_dim": 2048,
    "project_to_decoder_hidden_dim": 2048,
    "deep_supervision": False,
}


def upstream_network(upstream: Path, window: int = 192) -> torch.nn.Module:
    """Upstream's network, for windows of `window` voxels along each side."""
    sys.path.insert(0, str(upstream))
    from voxtell.model.voxtell_model import VoxTellModel

    sizes = [window >> n for n in range(6)]
    VoxTellModel.DECODER_CONFIGS = {
        n: {"channels": known["channels"], "shape": (sizes[n],) * 3}
        for n, known in VoxTellModel.DECODER_CONFIGS.items()
    }
    return VoxTellModel(
        input_channels=1,
        n_stages=6,
        features_per_stage=[32, 64, 128, 256, 320, 320],
        conv_op=torch.nn.Conv3d,
        kernel_sizes=[[3, 3, 3]] * 6,
        strides=[[1, 1, 1], *[[2, 2, 2]] * 5],
        n_blocks_per_stage=[1, 3, 4, 6, 6, 6],
        n_conv_per_stage_decoder=[1] * 5,
        conv_bias=True,
        norm_op=torch.nn.InstanceNorm3d,
        norm_op_kwargs={"eps": 1e-5, "affine": True},
        nonlin=torch.nn.LeakyReLU,
        nonlin_kwargs={"inplace": True},
        **FIXED,
    ).eval()


def main(upstream: Path) -> None:
    from sat_keys import write

    with torch.device("meta"):
        shapes = {name: list(tensor.shape) for name, tensor in upstream_network(upstream).state_dict().items()}
    write("voxtell", shapes)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
