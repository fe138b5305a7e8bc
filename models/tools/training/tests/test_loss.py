import torch

from training.base_classes import CLASS_COUNT, CLASS_INDEX, IGNORE
from training.loss import sample_voxels, sampling_limits, segmentation_loss

CPU = torch.device("cpu")


def classes_with_a_rare_one() -> torch.Tensor:
    classes = torch.zeros(1, 40, 40, 40, dtype=torch.uint8)
    classes[:, 10:20] = CLASS_INDEX["left cerebral cortex"]
    classes[:, 20, 20, :30] = CLASS_INDEX["left amygdala"]
    classes[:, 30:] = IGNORE
    return classes


def test_rare_classes_are_taken_whole_and_what_is_ignored_not_at_all():
    classes = classes_with_a_rare_one()
    voxels = sample_voxels(classes, sampling_limits(CPU), 1)
    assert int((voxels.target == CLASS_INDEX["left amygdala"]).sum()) == 30
    assert not (voxels.target == IGNORE).any()
    assert torch.equal(classes.reshape(-1)[voxels.index].long(), voxels.target)


def test_weights_restore_the_shares_of_the_classes():
    classes = classes_with_a_rare_one()
    voxels = sample_voxels(classes, sampling_limits(CPU), 2)
    cortex = voxels.weight[voxels.target == CLASS_INDEX["left cerebral cortex"]].sum() / voxels.weight.sum()
    assert abs(float(cortex) - 1 / 3) < 0.02


def test_the_loss_is_small_for_the_truth_and_large_for_another_class():
    voxels = sample_voxels(classes_with_a_rare_one(), sampling_limits(CPU), 3)
    right = torch.nn.functional.one_hot(voxels.target, CLASS_COUNT + 1).float() * 30
    assert float(segmentation_loss(right, voxels, 0.5)["loss"]) < 1e-3
    wrong = right.roll(1, 1)
    assert float(segmentation_loss(wrong, voxels, 0.5)["dice"]) > 0.99
