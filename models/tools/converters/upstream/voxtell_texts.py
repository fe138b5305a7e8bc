"""Compares text embeddings with those of upstream's code, on a small Qwen3 with random weights and its own tokenizer.

python upstream/voxtell_texts.py UPSTREAM        (a checkout of github.com/MIC-DKFZ/VoxTell, and transformers 4.54 or
later)
"""

import sys
import tempfile
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from converters.voxtell_texts import MAXIMUM_TOKENS, bank_of_texts

TEXTS = ("Liver", "", "left kidney", "liver", "the upper pole of the right kidney, with its cyst")


def main(upstream: Path) -> None:
    sys.path.insert(0, str(upstream / "voxtell" / "utils"))
    from text_embedding import last_token_pool, wrap_with_instruction
    from transformers import AutoModel, AutoTokenizer

    with tempfile.TemporaryDirectory() as folder:
        encoder = Path(folder)
        write_small_encoder(encoder)
        texts = encoder / "texts.txt"
        texts.write_text("\n".join(TEXTS) + "\n", encoding="utf-8")
        bank = bank_of_texts(encoder, texts)
        # As in upstream's predictor: all texts at once, padded on the left.
        tokenizer = AutoTokenizer.from_pretrained(encoder, padding_side="left")
        model = AutoModel.from_pretrained(encoder).eval()
    tokens = tokenizer(
        wrap_with_instruction(bank.texts), padding=True, truncation=True, max_length=MAXIMUM_TOKENS, return_tensors="pt"
    )
    with torch.inference_mode():
        expected = last_token_pool(model(**tokens).last_hidden_state, tokens["attention_mask"]).float().numpy()
    print(
        f"{len(bank.texts)} texts, spread {expected.std():.3g}, greatest difference "
        f"{abs(bank.embeddings - expected).max():.2g}"
    )


def write_small_encoder(folder: Path) -> None:
    """Qwen3's architecture and its tokenizer's rule: bytes, and an end of text after every text."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3Model

    end = "<|endoftext|>"
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        TEXTS, trainers.BpeTrainer(vocab_size=300, special_tokens=[end], initial_alphabet=alphabet)
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"$A {end}", special_tokens=[(end, tokenizer.token_to_id(end))]
    )
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token=end, eos_token=end).save_pretrained(folder)
    torch.manual_seed(0)
    sizes = {
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
    }
    Qwen3Model(Qwen3Config(vocab_size=300, head_dim=16, **sizes)).save_pretrained(folder, safe_serialization=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
