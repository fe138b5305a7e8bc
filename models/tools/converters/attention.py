"""Multi-head attention with the parameter names of `torch.nn.MultiheadAttention` in a checkpoint.

Uses plain matrix products, so batch sizes, token counts and masks stay dynamic in the exported graph.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class Attention(nn.Module):
    """softmax(q·kᵀ/√d)·v in `heads` heads. Arrays are [batch, tokens, width]."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.width, self.heads = width, heads
        self.in_proj_weight = nn.Parameter(torch.zeros(3 * width, width))
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * width))
        self.out_proj = nn.Linear(width, width)

    def forward(self, query: Tensor, key: Tensor, value: Tensor, blocked: Tensor | None = None) -> Tensor:
        """
        key, value  a batch of 1 serves every query
        blocked     bool, broadcastable to [batch, heads, queries, keys]: True where a query must not attend
        """
        weights, biases = self.in_proj_weight.chunk(3), self.in_proj_bias.chunk(3)
        q, k, v = (
            self._split(nn.functional.linear(x, weight, bias))
            for x, weight, bias in zip((query, key, value), weights, biases, strict=True)
        )
        scores = (q * (1 / math.sqrt(self.width // self.heads))) @ k.transpose(-2, -1)
        if blocked is not None:
            scores = scores.masked_fill(blocked, float("-inf"))
        mixed = (scores.softmax(-1) @ v).transpose(1, 2)
        return self.out_proj(mixed.reshape(query.shape[0], -1, self.width))

    def _split(self, x: Tensor) -> Tensor:
        """[batch, tokens, width] → [batch, heads, tokens, width / heads]"""
        return x.reshape(x.shape[0], -1, self.heads, self.width // self.heads).transpose(1, 2)
