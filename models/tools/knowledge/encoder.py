"""A text encoder by groups of letters: names that share word stems are near each other before anything is learned."""

import torch
from torch import nn
from torch.nn import functional

BUCKETS = 1 << 15
ORDERS = (2, 3, 4, 5)
WIDTH = 96
HEADS = 2
SPACE = ord(" ")


class NgramEncoder(nn.Module):
    """int64 [texts, tokens], `text_encoder.utf8_tokens` → unit vectors float32 [texts, dimension].

    Groups of 2 to 5 bytes, hashed into buckets, are pooled by attention. All but letters and digits is a space.
    """

    def __init__(self, dimension: int):
        super().__init__()
        self.embedding = nn.Embedding(BUCKETS, WIDTH)
        self.attention = nn.Embedding(BUCKETS, HEADS)
        nn.init.normal_(self.embedding.weight, 0, 0.1)
        nn.init.zeros_(self.attention.weight)
        self.output = nn.Sequential(
            nn.LayerNorm(WIDTH * HEADS),
            nn.Linear(WIDTH * HEADS, 256),
            nn.GELU(),
            nn.Dropout(0.1),
            nn.Linear(256, dimension),
        )

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return functional.normalize(self.output(self.pooled(tokens)), dim=1)

    def pooled(self, tokens: torch.Tensor) -> torch.Tensor:
        groups, present = _groups(tokens)
        weight = torch.softmax(self.attention(groups) + (present.unsqueeze(-1) - 1) * 1e4, 1)
        return (weight.transpose(1, 2) @ self.embedding(groups)).flatten(1)


def _groups(tokens: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Buckets int64 [texts, groups], and 1.0 where a group is inside the text with one space around it."""
    letter = ((tokens >= ord("a")) & (tokens <= ord("z"))) | ((tokens >= ord("0")) & (tokens <= ord("9")))
    letter = letter | (tokens >= 128)
    read = functional.pad(torch.where(letter, tokens, SPACE), (1, 1), value=SPACE)
    length = (tokens > 0).sum(1, keepdim=True) + 2
    buckets, inside = [], []
    for order in ORDERS:
        starts = read.shape[1] - order + 1
        value = torch.full_like(read[:, :starts], order)
        for n in range(order):
            value = (value * 257 + read[:, n : starts + n]) % 1_000_003
        buckets.append(value % BUCKETS)
        inside.append((torch.arange(starts) + order <= length).float())
    return torch.cat(buckets, 1), torch.cat(inside, 1)
