"""The check digit of SNOMED CT identifiers (Verhoeff, "Error detecting decimal codes", 1969; SNOMED CT Release File
Specifications 5.4)."""

from __future__ import annotations

_ROTATION = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def has_valid_check_digit(identifier: str) -> bool:
    """Whether the last digit follows from the others. Detects any wrong digit and any two swapped neighbours."""
    check = 0
    for place, digit in enumerate(reversed(identifier)):
        value = int(digit)
        for _ in range(place % 8):
            value = _ROTATION[value]
        check = _product(check, value)
    return check == 0


def _product(a: int, b: int) -> int:
    """In the dihedral group of the pentagon: 0–4 are its rotations, 5–9 its reflections."""
    if a < 5:
        return (a + b) % 5 if b < 5 else (a + b) % 5 + 5
    return (a - b) % 5 + 5 if b < 5 else (a - b) % 5
