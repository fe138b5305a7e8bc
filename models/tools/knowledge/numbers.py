"""Numbers in names: "third", "3rd", "iii" and "3" are one word."""

import numpy as np

ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
ROMAN = "i ii iii iv v vi vii viii ix x xi xii".split()
ENDINGS = {1: "st", 2: "nd", 3: "rd"}
FORMS = [(word, f"{n}{ENDINGS.get(n, 'th')}", ROMAN[n - 1], str(n)) for n, word in enumerate(ORDINALS, 1)]
NUMBER_OF = {form: forms for forms in FORMS for form in forms if form not in ("i", "v", "x")}


def renumbered(random: np.random.Generator, text: str) -> str:
    """The text with each number in any of its forms. One letter alone is not read as a number."""
    words = text.split(" ")
    return " ".join(str(random.choice(NUMBER_OF[word])) if word in NUMBER_OF else word for word in words)
