"""SAT's text encoder: MPNet, the mean of its tokens, a projection and the modality. Parameter names as in upstream's
checkpoint.

MPNet: Song et al., "MPNet: Masked and Permuted Pre-training for Language Understanding" (NeurIPS 2020).
"""

from dataclasses import dataclass
from math import log, sqrt

import torch
from torch import nn
from torch.nn import functional

MAXIMUM_TOKENS = 256
PADDING_TOKEN = 0
"""SAT's padding. MPNet counts positions with another one: MPNET_PADDING."""
MPNET_PADDING = 1
BUCKETS = 32
FARTHEST = 128
MODALITY_CODES = {"CT": 0, "MR": 1, "PT": 3}
"""Upstream's numbers of ct, mri and pet by DICOM Modality; 2 is ultrasound, without terms."""


@dataclass(frozen=True)
class TextConfiguration:
    dimension: int = 768
    layers: int = 12
    heads: int = 12
    feed_forward: int = 3072
    pieces: int = 30_527
    positions: int = 514


class Embeddings(nn.Module):
    def __init__(self, c: TextConfiguration):
        super().__init__()
        self.word_embeddings = nn.Embedding(c.pieces, c.dimension)
        self.position_embeddings = nn.Embedding(c.positions, c.dimension)
        self.LayerNorm = nn.LayerNorm(c.dimension, eps=1e-5)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        counted = (tokens != MPNET_PADDING).long()
        position = torch.cumsum(counted, 1) * counted + MPNET_PADDING
        return self.LayerNorm(self.word_embeddings(tokens) + self.position_embeddings(position))


class AttentionWeights(nn.Module):
    def __init__(self, dimension: int):
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(dimension, dimension) for _ in range(4))


class Attention(nn.Module):
    def __init__(self, c: TextConfiguration):
        super().__init__()
        self.heads = c.heads
        self.attn = AttentionWeights(c.dimension)
        self.LayerNorm = nn.LayerNorm(c.dimension, eps=1e-5)

    def forward(self, x: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        """bias [texts, heads, tokens, tokens]: by the distance between two tokens, with padding masked out"""
        q, k, v = (
            part(x).unflatten(2, (self.heads, -1)).transpose(1, 2) for part in (self.attn.q, self.attn.k, self.attn.v)
        )
        weights = torch.softmax(q @ k.transpose(2, 3) / sqrt(q.shape[-1]) + bias, -1)
        return self.LayerNorm(x + self.attn.o((weights @ v).transpose(1, 2).flatten(2)))


class Dense(nn.Module):
    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.dense = nn.Linear(inputs, outputs)


class Output(Dense):
    def __init__(self, inputs: int, outputs: int):
        super().__init__(inputs, outputs)
        self.LayerNorm = nn.LayerNorm(outputs, eps=1e-5)


class Layer(nn.Module):
    def __init__(self, c: TextConfiguration):
        super().__init__()
        self.attention = Attention(c)
        self.intermediate = Dense(c.dimension, c.feed_forward)
        self.output = Output(c.feed_forward, c.dimension)

    def forward(self, x: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        x = self.attention(x, bias)
        return self.output.LayerNorm(x + self.output.dense(functional.gelu(self.intermediate.dense(x))))


class Layers(nn.Module):
    def __init__(self, c: TextConfiguration):
        super().__init__()
        self.layer = nn.ModuleList(Layer(c) for _ in range(c.layers))
        self.relative_attention_bias = nn.Embedding(BUCKETS, c.heads)


class Mpnet(nn.Module):
    def __init__(self, c: TextConfiguration):
        super().__init__()
        self.embeddings = Embeddings(c)
        self.encoder = Layers(c)
        self.register_buffer("buckets", distance_buckets(MAXIMUM_TOKENS), persistent=False)

    def forward(self, tokens: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
        """tokens and seen (1 where a token counts) [texts, tokens] → [texts, tokens, dimension]"""
        count = tokens.shape[1]
        distances = self.encoder.relative_attention_bias(self.buckets[:count, :count]).permute(2, 0, 1)
        hidden = (1 - seen[:, None, None, :].to(distances.dtype)) * -1e9
        x = self.embeddings(tokens)
        for layer in self.encoder.layer:
            x = layer(x, distances + hidden)
        return x


class TextTower(nn.Module):
    def __init__(self, c: TextConfiguration):
        super().__init__()
        self.biolord = Mpnet(c)


class TextEncoder(nn.Module):
    def __init__(self, c: TextConfiguration = TextConfiguration()):
        super().__init__()
        self.text_tower = TextTower(c)
        self.projection_layer = nn.Sequential(
            nn.Linear(c.dimension, c.dimension), nn.GELU(), nn.Linear(c.dimension, c.dimension)
        )
        self.modality_embed = nn.Embedding(4, c.dimension)

    def forward(self, tokens: torch.Tensor, modalities: torch.Tensor) -> torch.Tensor:
        """int64 tokens [texts, tokens], 0 after a text's end, and int64 modalities [texts] (MODALITY_CODES) → queries
        [texts, dimension]"""
        seen = (tokens > PADDING_TOKEN).long()
        words = self.text_tower.biolord(tokens, seen)
        weights = seen.to(words.dtype)[..., None]
        mean = (words * weights).sum(1) / weights.sum(1)
        return self.projection_layer(mean) + self.modality_embed(modalities)


def distance_buckets(count: int) -> torch.Tensor:
    """int64 [count, count]: index of the learned bias for query i and key j. Near distances have separate biases, far
    ones share them.
    """
    place = torch.arange(count)
    ahead = place[None, :] - place[:, None]
    half, near = BUCKETS // 2, BUCKETS // 4
    distance = ahead.abs()
    far = near + (torch.log(distance.clamp(min=1).float() / near) / log(FARTHEST / near) * (half - near)).long()
    return torch.where(distance < near, distance, far.clamp(max=half - 1)) + torch.where(ahead > 0, half, 0)
