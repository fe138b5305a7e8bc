"""The decoder of BiomedParse v2, BoltzFormer (Zhao et al., CVPR 2025): queries attend to randomly drawn tokens; tokens
that the current mask covers are more likely. The random numbers are an input, so a run can be repeated.

Arrays and names of parameters are as in decoder_layers.py.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .decoder_layers import (
    LEVELS,
    CrossAttentionLayer,
    FeedForwardLayer,
    LevelTokens,
    MaskEmbedding,
    SelfAttentionLayer,
    coarsened,
)


class BoltzFormer(nn.Module):
    def __init__(self, width: int, heads: int, feedforward: int, layers: int, queries: int, edge_queries: int):
        super().__init__()
        self.queries, self.mask_queries, self.sample_ratio = queries, queries - edge_queries, 0.1
        self.transformer_self_attention_layers = nn.ModuleList(SelfAttentionLayer(width, heads) for _ in range(layers))
        self.transformer_cross_attention_layers = nn.ModuleList(
            CrossAttentionLayer(width, heads) for _ in range(layers)
        )
        self.transformer_ffn_layers = nn.ModuleList(FeedForwardLayer(width, feedforward) for _ in range(layers))
        self.classifier_cross_attention_layers = nn.ModuleList(CrossAttentionLayer(width, heads) for _ in range(layers))
        self.classifier_ffn_layers = nn.ModuleList(FeedForwardLayer(width, feedforward) for _ in range(layers))
        self.classifier = nn.Linear(width, 1)
        self.initial_self_attention_layer = SelfAttentionLayer(width, heads)
        self.initial_ffn_layer = FeedForwardLayer(width, feedforward)
        self.decoder_norm = nn.LayerNorm(width)
        self.query_feat_ = nn.Embedding(queries, width)
        self.query_embed_ = nn.Embedding(queries, width)
        self.classifier_query = nn.Embedding(1, width)
        self.level_embed = nn.Embedding(LEVELS, width)
        self.mask_embed = MaskEmbedding(width)
        # From the checkpoint, unused at inference: it scores queries against text in version 1.
        self.class_embed = nn.Parameter(torch.zeros(width, width))
        self.level_tokens = LevelTokens()

    def forward(
        self, mask_features: Tensor, levels: list[Tensor], tokens: Tensor, noise: list[Tensor]
    ) -> tuple[Tensor, Tensor]:
        """
        mask_features  [1, width, rows, columns] at 1/4 of the image
        levels         maps at 1/32, 1/16, 1/8 of the image, [1, width, …]
        tokens         [prompts, tokens, width]: the prompts' own tokens, none of them padding
        noise          for each level [layers / 3, heads, queries, tokens of the level], uniform in [0, 1)
        @returns mask logits [prompts, rows, columns] and the logits of the target's presence [prompts]
        """
        prompts = tokens.shape[0]
        values, keys = self.level_tokens(levels, self.level_embed.weight)
        # Interpolation and the product with a query's embedding are both linear, so the features are reduced once for
        # all layers.
        seen = [coarsened(mask_features, factor).flatten(2) for factor in (8, 4, 2)]
        places = self.query_embed_.weight[None].expand(prompts, -1, -1)
        all_places = torch.cat((places, tokens), dim=1)
        decision = self.classifier_query.weight[None].expand(prompts, -1, -1)

        x = self.query_feat_.weight[None].expand(prompts, -1, -1)
        both = self.initial_self_attention_layer(torch.cat((x, tokens), dim=1), all_places)
        x, text = self.initial_ffn_layer(both[:, : self.queries]), both[:, self.queries :]
        for layer in range(len(self.transformer_ffn_layers)):
            level, round_ = layer % LEVELS, layer // LEVELS
            blocked = self._blocked(x, seen[level], noise[level][round_], temperature=1 / (1 + layer))
            x = self.transformer_cross_attention_layers[layer](x, x + places, keys[level], values[level], blocked)
            both = self.transformer_self_attention_layers[layer](torch.cat((x, text), dim=1), all_places)
            x, text = self.transformer_ffn_layers[layer](both[:, : self.queries]), both[:, self.queries :]
            decision = self.classifier_cross_attention_layers[layer](decision, decision, both + all_places, both)
            decision = self.classifier_ffn_layers[layer](decision)

        embedding = self.mask_embed(self.decoder_norm(x))[:, : self.mask_queries].mean(1)
        _, width, rows, columns = mask_features.shape
        logits = embedding @ mask_features.reshape(width, rows * columns)
        return logits.reshape(prompts, rows, columns), self.classifier(decision)[:, 0, 0]

    def _blocked(self, x: Tensor, features: Tensor, noise: Tensor, temperature: float) -> Tensor:
        """[prompts, heads, queries, tokens]: tokens hit by none of n draws from the Boltzmann distribution of the mask.

        A query without any draw attends to all tokens.
        """
        probability = (self.mask_embed(self.decoder_norm(x)) @ features).sigmoid()
        likelihood = (probability / temperature).exp()
        share = likelihood / likelihood.sum(-1, keepdim=True)
        draws = int(features.shape[-1] * self.sample_ratio)
        blocked = noise < ((1 - share) ** draws)[:, None]
        return blocked & (~blocked).any(-1, keepdim=True)
