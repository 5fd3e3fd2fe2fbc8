"""Which texts of identity providers are names, emails and keys: without characters that can't be stored or that no one can read."""

import unicodedata

# Control characters, such as NUL and line breaks, and halves of characters (lone surrogates).
BROKEN = ("Cc", "Cs")


def has_broken_characters(text: str) -> bool:
    return any(unicodedata.category(letter) in BROKEN for letter in text)
