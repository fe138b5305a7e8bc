"""Settings of a run. The checkpoint keeps them, so a continued run does not change."""

from dataclasses import dataclass

from .schedule import learning_rate


@dataclass(frozen=True)
class Settings:
    """widths            channels of the network's levels, finest first
    dimension         length of features and codes
    shape, spacing    voxels of an example along x, y, z, and mm
    batch             examples per step
    first             first step of the run: above 0 if it continues from shipped weights
    learning_rate     AdamW's, reached after `warm_up` steps, held, then cut to a hundredth over the last `cool_down` of
                      `steps`
    curriculum        steps until all contrasts are in use
    ema               decay of the moving average of the weights, which is evaluated and exported
    held_out          label maps, from the end of the list, used only for validation
    without_head      share of the images that show no head, where the run has bodies (no_head.py)
    """

    widths: tuple[int, ...] = (16, 48, 96, 128, 160)
    dimension: int = 64
    shape: tuple[int, int, int] = (64, 80, 80)
    spacing: float = 2.0
    batch: int = 1
    first: int = 0
    steps: int = 30_000
    learning_rate: float = 1e-3
    warm_up: int = 200
    cool_down: int = 6_000
    curriculum: int = 8_000
    weight_decay: float = 1e-4
    ema: float = 0.998
    held_out: int = 2
    without_head: float = 0.2
    seed: int = 1

    def learning_rate_at(self, step: int) -> float:
        return learning_rate(
            self.learning_rate,
            done=step - self.first,
            left=self.steps - step,
            warm_up=self.warm_up,
            cool_down=self.cool_down,
        )

    def progress_at(self, step: int) -> float:
        return min(1.0, step / self.curriculum)

    def relaxation_at(self, step: int) -> float:
        """For network.PopulationNorm: batch statistics at first, population statistics after 3000 steps."""
        return min(1.0, max(0, step - 300) / 2700)

    def balance_at(self, step: int) -> float:
        """Power of the weights in the cross-entropy: small structures first, towards unbiased probabilities later."""
        return 0.3 + 0.5 * self.progress_at(step)
