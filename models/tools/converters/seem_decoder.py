"""The decoder of BiomedParse v1, SEEM (Zou et al., "Segment Everything Everywhere All at Once", NeurIPS 2023), for text
prompts: queries attend to the maps inside their current mask; the query most similar to the text gives the mask.

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


class SeemDecoder(nn.Module):
    def __init__(self, width: int, heads: int, feedforward: int, layers: int, queries: int):
        super().__init__()
        self.queries = queries
        self.transformer_self_attention_layers = nn.ModuleList(SelfAttentionLayer(width, heads) for _ in range(layers))
        self.transformer_cross_attention_layers = nn.ModuleList(
            CrossAttentionLayer(width, heads) for _ in range(layers)
        )
        self.transformer_ffn_layers = nn.ModuleList(FeedForwardLayer(width, feedforward) for _ in range(layers))
        self.decoder_norm = nn.LayerNorm(width)
        self.query_feat = nn.Embedding(queries, width)
        self.query_embed = nn.Embedding(queries, width)
        self.level_embed = nn.Embedding(LEVELS, width)
        self.mask_embed = MaskEmbedding(width)
        self.class_embed = nn.Parameter(torch.zeros(width, width))
        self.level_tokens = LevelTokens()

    def forward(self, mask_features: Tensor, levels: list[Tensor], tokens: Tensor) -> tuple[Tensor, Tensor]:
        """
        mask_features  [1, width, rows, columns] at 1/4 of the image
        levels         maps at 1/32, 1/16, 1/8 of the image, [1, width, …]
        tokens         [prompts, tokens, width]: the prompts' own tokens, none of them padding; the last one ends the
                       text and represents it
        @returns mask logits [prompts, rows, columns], and the cosine between the text and their query [prompts]
        """
        prompts = tokens.shape[0]
        values, keys = self.level_tokens(levels, self.level_embed.weight)
        # Interpolation and the product with a query's embedding are both linear, so the features are reduced once for
        # all layers.
        seen = [coarsened(mask_features, factor).flatten(2) for factor in (8, 4, 2)]
        places = self.query_embed.weight[None].expand(prompts, -1, -1)
        all_places = torch.cat((places, tokens), dim=1)

        x, text = self.query_feat.weight[None].expand(prompts, -1, -1), tokens
        for layer, cross_attention in enumerate(self.transformer_cross_attention_layers):
            level = layer % LEVELS
            x = cross_attention(x, x + places, keys[level], values[level], self._blocked(x, seen[level]))
            both = self.transformer_self_attention_layers[layer](torch.cat((x, text), dim=1), all_places)
            both = self.transformer_ffn_layers[layer](both)
            x, text = both[:, : self.queries], both[:, self.queries :]

        query, similarity = self._matching(self.decoder_norm(x), tokens[:, -1])
        _, width, rows, columns = mask_features.shape
        logits = self.mask_embed(query) @ mask_features.reshape(width, rows * columns)
        return logits.reshape(prompts, rows, columns), similarity

    def _blocked(self, x: Tensor, features: Tensor) -> Tensor:
        """[prompts, 1, queries, tokens]: tokens outside the query's current mask. A query without a mask attends to all
        tokens.
        """
        outside = (self.mask_embed(self.decoder_norm(x)) @ features).sigmoid() < 0.5
        return (outside & (~outside).any(-1, keepdim=True))[:, None]

    def _matching(self, queries: Tensor, sentence: Tensor) -> tuple[Tensor, Tensor]:
        """The query [prompts, width] most similar to the text, and the cosine between them."""
        seen, said = (x / (x.norm(dim=-1, keepdim=True) + 1e-7) for x in (queries @ self.class_embed, sentence))
        similarity, best = (seen @ said[:, :, None])[:, :, 0].max(1)
        return torch.gather(queries, 1, best[:, None, None].expand(-1, 1, queries.shape[-1]))[:, 0], similarity
