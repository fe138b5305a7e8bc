"""Texts as people type them, for training and testing the text encoder."""

import numpy as np

from .anatomy import Meaning

SIDE_FORMS = {
    "left": (
        "left {}",
        "{} left",
        "left-sided {}",
        "{} on the left",
        "{} (left)",
        "l {}",
        "lt {}",
        "lh {}",
        "left hemisphere {}",
    ),
    "right": (
        "right {}",
        "{} right",
        "right-sided {}",
        "{} on the right",
        "{} (right)",
        "r {}",
        "rt {}",
        "rh {}",
        "right hemisphere {}",
    ),
}
BOTH_FORMS = ("{}", "{}", "{}", "both {}", "bilateral {}", "left and right {}", "{} on both sides")
WRAPPERS = ("{}",) * 6 + (
    "the {}",
    "segment the {}",
    "segment {}",
    "show me the {}",
    "find the {}",
    "{} mask",
    "please outline the {}",
)
SYLLABLES = (
    "ba ke ki lo mu ne po ra su ti vo za gra tri plo ster ment ton ick ard osis itis oma al us um is ae ior qu xe fy"
).split()
OTHER_WORDS = (
    "umbrella bicycle newspaper window city river apple orange juice table chair music dog cat house tree car "
    "train computer hello nothing "
    "something background air test picture camera yellow blue green happy monday winter garden kitchen bottle "
    "bread butter cheese coffee "
    "doctor nurse school teacher student letter number question answer money market street bridge forest "
    "mountain ocean island planet star "
    "sun moon weather thunder candle mirror pencil paper scissors hammer needle button pocket jacket shoes "
    "carpet curtain pillow blanket "
    "guitar piano violin trumpet drum dancer painter soldier farmer lawyer engine wheel ladder rocket tunnel "
    "castle temple church museum"
).split()


def phrase(random: np.random.Generator, meaning: Meaning) -> str:
    """A training name of the meaning, with its side, in a sentence or alone, one in seven misspelt."""
    name = str(random.choice(meaning.concept.taught_names))
    if meaning.side is not None:
        forms = SIDE_FORMS[meaning.side]
    else:
        forms = BOTH_FORMS if meaning.concept.sides else ("{}",)
    text = str(random.choice(WRAPPERS)).format(str(random.choice(forms)).format(name))
    return mistyped(random, text) if random.random() < 1 / 7 else text


def mistyped(random: np.random.Generator, text: str) -> str:
    """One letter left out, doubled, or exchanged with the next; short texts are unchanged."""
    if len(text) < 7:
        return text
    n = int(random.integers(1, len(text) - 1))
    kind = int(random.integers(3))
    if kind == 0:
        return text[:n] + text[n + 1 :]
    if kind == 1:
        return text[:n] + text[n] + text[n:]
    return text[:n] + text[n + 1] + text[n] + text[n + 2 :]


def nonsense(random: np.random.Generator, words: tuple[str, ...] | list[str] = OTHER_WORDS) -> str:
    """Everyday words or invented ones, sometimes with a side."""
    if random.random() < 0.5:
        text = " ".join(random.choice(words, int(random.integers(1, 3))))
    else:
        text = " ".join(
            "".join(random.choice(SYLLABLES, int(random.integers(1, 5)))) for _ in range(int(random.integers(1, 4)))
        )
    return f"{random.choice(('left', 'right'))} {text}" if random.random() < 0.2 else text
