"""Writes facts/sat_*.json: names and shapes of the tensors in a checkpoint of SAT, from upstream's public code with
random weights.

    python upstream/sat_keys.py UPSTREAM        (a checkout of github.com/zhaoziheng/SAT; its requirements.txt, and
    transformers)

A fact file maps each name, in upstream's state_dict() within its "module." wrapper, to its shape.
"""

import json
import sys
from pathlib import Path

import torch

FACTS = Path(__file__).resolve().parents[1] / "facts"


def main(upstream: Path) -> None:
    for folder in (upstream, upstream / "model" / "dynamic-network-architectures-main"):
        sys.path.insert(0, str(folder))
    from model.maskformer import Maskformer

    for name, backbone in (("nano", "UNET"), ("pro", "UNET-L")):
        with torch.device("meta"):
            shapes = shapes_of(Maskformer.__new__(Maskformer), backbone)
        write(f"sat_{name}", shapes)
    write("sat_text_encoder", text_encoder_shapes())


def shapes_of(model: torch.nn.Module, backbone: str) -> dict[str, list[int]]:
    # Trained with deep supervision, as the released checkpoints are.
    type(model).__init__(model, backbone, deep_supervision=True)
    return {name: list(tensor.shape) for name, tensor in model.state_dict().items()}


def text_encoder_shapes() -> dict[str, list[int]]:
    """Upstream's class loads its base model from the hub; here the base is built from MPNet's configuration, without
    weights.
    """
    import model.text_tower as text_tower
    from model.knowledge_encoder import Knowledge_Encoder
    from transformers import MPNetConfig, MPNetModel

    class FromConfiguration:
        @staticmethod
        def from_pretrained(_name: str) -> MPNetModel:
            return MPNetModel(MPNetConfig(vocab_size=30527, max_position_embeddings=514))

    text_tower.AutoModel = FromConfiguration
    text_tower.MyTokenizer = lambda *_: None
    with torch.device("meta"):
        return {name: list(tensor.shape) for name, tensor in Knowledge_Encoder().state_dict().items()}


def write(name: str, shapes: dict[str, list[int]]) -> None:
    lines = [f"  {json.dumps(key)}: {json.dumps(shape)}" for key, shape in shapes.items()]
    (FACTS / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
