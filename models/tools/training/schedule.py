"""The learning rate over a run."""


def learning_rate(highest: float, *, done: int, left: int, warm_up: int, cool_down: int) -> float:
    """Rises to `highest` over `warm_up` steps, stays, and falls to a hundredth over the last `cool_down` steps.

    @param done, left steps since the run began, and until it ends
    """
    rising = min(1.0, (done + 1) / warm_up)
    return highest * rising * (0.01 + 0.99 * min(1.0, max(0.0, left / max(1, cool_down))))
