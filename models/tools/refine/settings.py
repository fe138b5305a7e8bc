"""Settings of a run. The checkpoint keeps them, so a continued run does not change."""

from dataclasses import dataclass

from training.schedule import learning_rate

WINDOW = 64
"""Voxels along each side of what the network sees."""


@dataclass(frozen=True)
class Settings:
    """widths            channels of the network's levels, finest (half the window's resolution) first
    side              voxels along each side of a scene, in which windows move
    scenes            how many scenes a worker draws its windows from at a time
    episodes          how many structures of a scene are marked before another one replaces it
    learning_rate     reached after `warm_up` steps, held, then cut to a hundredth over the last `cool_down` of `steps`
    ema               decay of the moving average of the weights, which is evaluated and exported
    """

    widths: tuple[int, ...] = (32, 64, 128, 192)
    side: int = 104
    scenes: int = 4
    episodes: int = 3
    steps: int = 20_000
    learning_rate: float = 2e-3
    warm_up: int = 60
    cool_down: int = 4_000
    weight_decay: float = 1e-2
    ema: float = 0.995
    seed: int = 1

    def learning_rate_at(self, step: int) -> float:
        return learning_rate(
            self.learning_rate,
            done=step,
            left=self.steps - step,
            warm_up=self.warm_up,
            cool_down=self.cool_down,
        )

    def relaxation_at(self, step: int) -> float:
        """For PopulationNorm: batch statistics at first, population statistics after 1500 steps."""
        return min(1.0, max(0, step - 200) / 1300)
