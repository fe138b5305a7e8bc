"""A quick check of the network during training: Dice on synthetic images of held-out heads."""

import torch

from .base_classes import IGNORE, MERGED_STRUCTURES, merged_structure_of_class
from .contrast import CONTRASTS
from .generator import Generator
from .network import ImageNetwork, class_logits

EXAMPLES = 4


@torch.no_grad()
def validation_dice(network: ImageNetwork, codes: torch.Tensor, generator: Generator) -> dict[str, float]:
    """Mean Dice over the merged structures in an image, for each kind of contrast; always the same images."""
    merged = torch.from_numpy(merged_structure_of_class()).to(generator.device).to(torch.int32)
    result = {}
    for kind in CONTRASTS:
        values = []
        for number in range(EXAMPLES):
            example = generator.draw((987_654, number), 0.5, kind)
            with torch.autocast(generator.device.type, torch.bfloat16):
                features = network(example.image[None, None].contiguous(memory_format=torch.channels_last_3d))
            predicted = class_logits(features[0].flatten(1).T, codes).argmax(1)
            truth = example.classes.reshape(-1)
            seen = truth != IGNORE
            predicted, truth = merged[predicted[seen]], merged[truth[seen].to(torch.int32)]
            for structure in range(1, len(MERGED_STRUCTURES) + 1):
                a, b = predicted == structure, truth == structure
                if b.sum() > 30:
                    values.append(float(2 * (a & b).sum() / (a.sum() + b.sum())))
        result[kind] = round(sum(values) / len(values), 4)
    return result
