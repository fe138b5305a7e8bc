"""Settings of a run. The checkpoint keeps them, so a continued run does not change."""

from dataclasses import dataclass

from training.schedule import learning_rate


@dataclass(frozen=True)
class Settings:
    """widths            channels of the network's levels, finest first
    dimension         length of features and codes
    stages            first step, spacing (mm), and voxels along x, y, z of examples; the last is exported
    first             first step of the run: above 0 if it continues from shipped weights
    learning_rate     reached after `warm_up` steps, held, then cut to a hundredth over the last `cool_down` of `steps`
    curriculum        steps after which small structures no longer count more than large ones
    ema               decay of the moving average of the weights, which is evaluated and exported
    """

    widths: tuple[int, ...] = (32, 64, 128, 192)
    dimension: int = 64
    stages: tuple[tuple[int, float, tuple[int, int, int]], ...] = (
        (0, 8.0, (48, 32, 48)),
        (800, 5.5, (64, 48, 48)),
        (1300, 4.0, (96, 64, 64)),
    )
    first: int = 0
    steps: int = 20_000
    learning_rate: float = 2e-3
    warm_up: int = 60
    cool_down: int = 4_000
    curriculum: int = 4_000
    weight_decay: float = 1e-2
    ema: float = 0.995
    seed: int = 1

    @property
    def spacing(self) -> float:
        return self.stages[-1][1]

    def stage_at(self, step: int) -> tuple[float, tuple[int, int, int]]:
        """Spacing and shape of the examples of a step: coarse ones are cheap and teach locations."""
        return [(spacing, tuple(shape)) for first, spacing, shape in self.stages if first <= step][-1]

    def learning_rate_at(self, step: int) -> float:
        return learning_rate(
            self.learning_rate,
            done=step - self.first,
            left=self.steps - step,
            warm_up=self.warm_up,
            cool_down=self.cool_down,
        )

    def relaxation_at(self, step: int) -> float:
        """For PopulationNorm: batch statistics at first, population statistics after 1500 steps."""
        return min(1.0, max(0, step - 200) / 1300)

    def balance_at(self, step: int) -> float:
        """Power of the weights in the cross-entropy: small structures first, towards unbiased probabilities later."""
        return 0.3 + 0.5 * min(1.0, step / self.curriculum)
