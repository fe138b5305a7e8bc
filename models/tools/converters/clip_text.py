"""The text encoder of BiomedParse: a causal transformer over CLIP's byte-pair tokens. Names as in the published
checkpoints."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .attention import Attention

CONTEXT = 77
"""Maximum number of tokens, including start and end."""


class QuickGelu(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * torch.sigmoid(1.702 * x)


class Mlp(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.c_fc = nn.Linear(width, 4 * width)
        self.gelu = QuickGelu()
        self.c_proj = nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        return self.c_proj(self.gelu(self.c_fc(x)))


class Block(nn.Module):
    def __init__(self, width: int, heads: int):
        super().__init__()
        self.attn = Attention(width, heads)
        self.ln_1 = nn.LayerNorm(width, eps=1e-12)
        self.mlp = Mlp(width)
        self.ln_2 = nn.LayerNorm(width, eps=1e-12)

    def forward(self, x: Tensor, later: Tensor) -> Tensor:
        normed = self.ln_1(x)
        x = x + self.attn(normed, normed, normed, later)
        return x + self.mlp(self.ln_2(x))


class TextTransformer(nn.Module):
    def __init__(self, width: int, heads: int, layers: int, vocabulary: int):
        super().__init__()
        self.positional_embedding = nn.Parameter(torch.zeros(CONTEXT, width))
        self.token_embedding = nn.Embedding(vocabulary, width)
        self.resblocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.ln_final = nn.LayerNorm(width, eps=1e-12)
        self.register_buffer("later", torch.ones(CONTEXT, CONTEXT, dtype=torch.bool).triu(1), persistent=False)

    def forward(self, ids: Tensor) -> Tensor:
        """int64 [batch, tokens] → [batch, tokens, width]. A token sees only those before it: padding at the end changes
        nothing.
        """
        tokens = ids.shape[1]
        x = self.token_embedding(ids) + self.positional_embedding[:tokens]
        for block in self.resblocks:
            x = block(x, self.later[:tokens, :tokens])
        return self.ln_final(x)
