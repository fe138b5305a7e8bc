"""Muon, an optimiser for the weights of hidden layers: momentum, orthogonalised before each step."""

import torch


class Muon(torch.optim.Optimizer):
    """Weights of two and more axes get orthogonalised momentum (Jordan et al., Muon, 2024); the others AdamW's update.

    The orthogonal update is scaled so that its root mean square is that of AdamW's (0.2 · sqrt(longer side); Liu et
    al., arXiv 2502.16982). A convolution's weight counts as the matrix [outputs, inputs · kernel].
    """

    def __init__(
        self,
        parameters,
        lr: float,
        weight_decay: float,
        momentum: float = 0.95,
        betas: tuple[float, float] = (0.9, 0.99),
    ):
        super().__init__(parameters, {"lr": lr, "weight_decay": weight_decay, "momentum": momentum, "betas": betas})

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is not None:
                    (self._orthogonal if weight.ndim > 1 else self._adam)(weight, group)

    def _orthogonal(self, weight: torch.Tensor, group: dict) -> None:
        state = self.state[weight]
        if not state:
            state["momentum"] = torch.zeros_like(weight)
        momentum = state["momentum"]
        momentum.lerp_(weight.grad, 1 - group["momentum"])
        matrix = weight.grad.lerp(momentum, group["momentum"]).reshape(len(weight), -1)
        update = orthogonalised(matrix) * 0.2 * max(matrix.shape) ** 0.5
        weight.mul_(1 - group["lr"] * group["weight_decay"])
        weight.add_(update.reshape(weight.shape), alpha=-group["lr"])

    def _adam(self, weight: torch.Tensor, group: dict) -> None:
        state = self.state[weight]
        if not state:
            state["step"], state["first"], state["second"] = (
                torch.tensor(0.0),
                torch.zeros_like(weight),
                torch.zeros_like(weight),
            )
        state["step"] += 1
        (b1, b2), n = group["betas"], float(state["step"])
        state["first"].lerp_(weight.grad, 1 - b1)
        state["second"].lerp_(weight.grad.square(), 1 - b2)
        weight.addcdiv_(state["first"] / (1 - b1**n), (state["second"] / (1 - b2**n)).sqrt() + 1e-8, value=-group["lr"])


def orthogonalised(matrix: torch.Tensor, iterations: int = 5) -> torch.Tensor:
    """Approximates U·Vᵀ of a singular value decomposition by a quintic Newton-Schulz iteration: values 0.7 to 1.2."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = matrix.to(torch.bfloat16)
    wide = x.shape[0] <= x.shape[1]
    x = x if wide else x.T
    x = x / (x.norm() + 1e-7)
    for _ in range(iterations):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return (x if wide else x.T).to(matrix.dtype)
