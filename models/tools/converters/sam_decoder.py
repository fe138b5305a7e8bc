"""The prompt encoder and the mask decoder of SAM (Kirillov et al., ICCV 2023), for one box at a time. Parameter names
are upstream's.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from .tiny_vit import ChannelNorm

WIDTH = 256
HEADS = 8
MASKS = 4
"""The first is for a single mask; the others are for ambiguous prompts."""


class Fourier(nn.Module):
    """Positions as sines and cosines of random projections."""

    def __init__(self):
        super().__init__()
        self.register_buffer("positional_encoding_gaussian_matrix", torch.zeros(2, WIDTH // 2))

    def forward(self, places: Tensor) -> Tensor:
        """[…, (x, y)], 0–1 across the image → […, width]"""
        angles = 2 * math.pi * ((2 * places - 1) @ self.positional_encoding_gaussian_matrix)
        return torch.cat([angles.sin(), angles.cos()], -1)


class PromptEncoder(nn.Module):
    """A box as two tokens. Weights for points and masks are loaded but not used."""

    def __init__(self, image_size: int):
        super().__init__()
        self.image_size = image_size
        self.pe_layer = Fourier()
        self.point_embeddings = nn.ModuleList(nn.Embedding(1, WIDTH) for _ in range(4))
        self.no_mask_embed = nn.Embedding(1, WIDTH)

    def forward(self, box: Tensor) -> Tensor:
        """[1, 4] (left, top, right, bottom) in pixels of the network's image → [1, 2, width]"""
        corners = self.pe_layer((box + 0.5).view(1, 2, 2) / self.image_size)
        return corners + torch.stack([self.point_embeddings[2].weight, self.point_embeddings[3].weight], 1)

    def places(self, side: int) -> Tensor:
        """[side · side, width]: the encoding of every position of a map."""
        centres = (torch.arange(side, dtype=torch.float32) + 0.5) / side
        rows, columns = torch.meshgrid(centres, centres, indexing="ij")
        return self.pe_layer(torch.stack([columns, rows], -1)).view(side * side, WIDTH)


class Attention(nn.Module):
    def __init__(self, inner: int):
        super().__init__()
        self.q_proj = nn.Linear(WIDTH, inner)
        self.k_proj = nn.Linear(WIDTH, inner)
        self.v_proj = nn.Linear(WIDTH, inner)
        self.out_proj = nn.Linear(inner, WIDTH)

    def forward(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        q, k, v = _split(self.q_proj(query)), _split(self.k_proj(key)), _split(self.v_proj(value))
        scores = (q @ k.transpose(-2, -1)) / math.sqrt(q.shape[-1])
        mixed = (scores.softmax(-1) @ v).transpose(1, 2)
        return self.out_proj(mixed.reshape(mixed.shape[0], mixed.shape[1], -1))


def _split(tokens: Tensor) -> Tensor:
    """[batch, tokens, width] → [batch, heads, tokens, width / heads]"""
    return tokens.view(tokens.shape[0], tokens.shape[1], HEADS, -1).transpose(1, 2)


class Perceptron(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin1 = nn.Linear(WIDTH, 8 * WIDTH)
        self.lin2 = nn.Linear(8 * WIDTH, WIDTH)

    def forward(self, tokens: Tensor) -> Tensor:
        return self.lin2(self.lin1(tokens).relu())


class TwoWayBlock(nn.Module):
    """Tokens attend to each other and to the image, then the image attends to the tokens."""

    def __init__(self, first: bool):
        super().__init__()
        self.first = first
        self.self_attn = Attention(WIDTH)
        self.norm1 = nn.LayerNorm(WIDTH)
        self.cross_attn_token_to_image = Attention(WIDTH // 2)
        self.norm2 = nn.LayerNorm(WIDTH)
        self.mlp = Perceptron()
        self.norm3 = nn.LayerNorm(WIDTH)
        self.norm4 = nn.LayerNorm(WIDTH)
        self.cross_attn_image_to_token = Attention(WIDTH // 2)

    def forward(self, tokens: Tensor, image: Tensor, prompt: Tensor, places: Tensor) -> tuple[Tensor, Tensor]:
        if self.first:
            tokens = self.self_attn(tokens, tokens, tokens)
        else:
            tokens = tokens + self.self_attn(tokens + prompt, tokens + prompt, tokens)
        tokens = self.norm1(tokens)
        tokens = self.norm2(tokens + self.cross_attn_token_to_image(tokens + prompt, image + places, image))
        tokens = self.norm3(tokens + self.mlp(tokens))
        image = self.norm4(image + self.cross_attn_image_to_token(image + places, tokens + prompt, tokens))
        return tokens, image


class TwoWayTransformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([TwoWayBlock(first=True), TwoWayBlock(first=False)])
        self.final_attn_token_to_image = Attention(WIDTH // 2)
        self.norm_final_attn = nn.LayerNorm(WIDTH)

    def forward(self, prompt: Tensor, image: Tensor, places: Tensor) -> tuple[Tensor, Tensor]:
        tokens = prompt
        for layer in self.layers:
            tokens, image = layer(tokens, image, prompt, places)
        attended = self.final_attn_token_to_image(tokens + prompt, image + places, image)
        return self.norm_final_attn(tokens + attended), image


class Layers(nn.Module):
    """Three linear layers with rectifiers between them."""

    def __init__(self, out: int):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, out)])

    def forward(self, tokens: Tensor) -> Tensor:
        for layer in self.layers[:-1]:
            tokens = layer(tokens).relu()
        return self.layers[-1](tokens)


class MaskDecoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.transformer = TwoWayTransformer()
        self.iou_token = nn.Embedding(1, WIDTH)
        self.mask_tokens = nn.Embedding(MASKS, WIDTH)
        self.output_upscaling = nn.Sequential(
            nn.ConvTranspose2d(WIDTH, WIDTH // 4, 2, stride=2),
            ChannelNorm(WIDTH // 4),
            nn.GELU(),
            nn.ConvTranspose2d(WIDTH // 4, WIDTH // 8, 2, stride=2),
            nn.GELU(),
        )
        self.output_hypernetworks_mlps = nn.ModuleList(Layers(WIDTH // 8) for _ in range(MASKS))
        self.iou_prediction_head = Layers(MASKS)

    def forward(self, features: Tensor, places: Tensor, prompt: Tensor) -> tuple[Tensor, Tensor]:
        """
        features  [1, width, side, side], including the embedding of "no mask"
        places    [side · side, width]
        prompt    [1, tokens, width]
        returns   logits [1, 1, 4·side, 4·side] of the first mask, and its predicted intersection over union [1, 1]
        """
        side = features.shape[-1]
        tokens = torch.cat([torch.cat([self.iou_token.weight, self.mask_tokens.weight])[None], prompt], 1)
        tokens, image = self.transformer(tokens, features.flatten(2).transpose(1, 2), places)
        maps = self.output_upscaling(image.transpose(1, 2).view(1, WIDTH, side, side))
        weights = self.output_hypernetworks_mlps[0](tokens[:, 1])
        logits = (weights[:, None] @ maps.flatten(2)).view(1, 1, 4 * side, 4 * side)
        return logits, self.iou_prediction_head(tokens[:, 0])[:, :1]
