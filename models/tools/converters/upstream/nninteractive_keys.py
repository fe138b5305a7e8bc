"""Writes facts/nninteractive.json: names and shapes of the tensors in nnInteractive's checkpoint, from upstream's
public code, without weights.

    python upstream/nninteractive_keys.py        (with nnInteractive 2.6.0 of PyPI and what it requires)

The sizes are in plans.json, published with the weights, which were not available; they are those of nnU-Net's preset
ResEnc L for six scales, with the eight input channels and the window that inference_session.py names.
"""

import sys
from pathlib import Path

import torch


def upstream_network(architecture: dict, channels: int) -> torch.nn.Module:
    """The network as upstream's session builds it.

    architecture  `architecture` of a configuration in plans.json
    """
    from nnInteractive.trainer.nnInteractiveTrainer import nnInteractiveTrainer_stub
    from nnunetv2.utilities.plans_handling.plans_handler import ConfigurationManager

    configuration = ConfigurationManager({"architecture": architecture})
    return nnInteractiveTrainer_stub.build_network_architecture(None, configuration, channels, 2, False).eval()


def main() -> None:
    here = Path(__file__).resolve().parent
    sys.path.insert(0, str(here.parents[1]))
    sys.path.insert(0, str(here.parent / "tests"))
    from sat_keys import write
    from tiny_nninteractive import plans

    from converters.nninteractive_network import Configuration

    published = Configuration((32, 64, 128, 256, 320, 320), (1, 3, 4, 6, 6, 6), 8, (192, 192, 192))
    architecture = plans(published)["configurations"]["3d_fullres"]["architecture"]
    with torch.device("meta"):
        network = upstream_network(architecture, published.channels)
    write("nninteractive", {name: list(tensor.shape) for name, tensor in network.state_dict().items()})


if __name__ == "__main__":
    main()
