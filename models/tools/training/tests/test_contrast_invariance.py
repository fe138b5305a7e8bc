import torch

from training import contrast_invariance
from training.base_classes import CLASS_INDEX
from training.contrast_invariance import TISSUES, contrast_named, dice_by_contrast
from training.generator import Generator


def test_one_seed_makes_one_head_in_every_contrast(heads):
    labels, maps = heads
    generator = Generator(maps, labels, (64, 72, 64), 2.5, torch.device("cpu"))
    drawn = {name: generator.draw((3, 1), 0.3, contrast_named(name, labels)) for name in TISSUES}
    assert all(torch.equal(drawn["T1"].classes, example.classes) for example in drawn.values())

    def brightness(name: str, structure: str) -> float:
        return float(drawn[name].image[drawn[name].classes == CLASS_INDEX[structure]].mean())

    white, fluid = "left cerebral white matter", "left lateral ventricle"
    assert brightness("T1", white) > brightness("T1", fluid)
    assert brightness("T2", white) < brightness("T2", fluid)
    assert brightness("FLAIR", white) > brightness("FLAIR", fluid)


def test_a_network_that_sees_nothing_scores_nothing_in_any_contrast(label_data, monkeypatch):
    # Around the brain, without the air of the head's image.
    monkeypatch.setattr(contrast_invariance, "SHAPE", (48, 56, 48))

    def background(image: torch.Tensor) -> torch.Tensor:
        logits = torch.zeros(1 + len(CLASS_INDEX), *image.shape[2:])
        logits[0] = 1
        return logits

    assert dice_by_contrast(background, 4.0, label_data, 1) == dict.fromkeys(TISSUES, 0.0)
