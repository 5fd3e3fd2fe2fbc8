"""New passwords: long enough, not made from the most common ones, and without the words of this installation.

Any characters are allowed, and none are required.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import pairwise
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator, MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

PRODUCT = "Leadwell"
# A shorter word inside a password proves nothing: the list also contains single letters.
SHORTEST_WORD = 4
AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
REPEATED = re.compile(r"(.+?)\1+")
# Digits that always go on by the same few steps are easy to guess, however many there are.
FEWEST_STEPS = 4
# Shorter numbers are phone numbers and dates.
DIGITS_ALONE = 16
# Signs that people use in place of letters.
SIGNS = str.maketrans("@430$517!", "aaeossiti")


class LengthValidator(MinimumLengthValidator):
    """Digits alone have to be longer: each of them has ten possibilities only."""

    def validate(self, password: str, user=None) -> None:
        super().validate(password, user)
        if password.isdecimal() and len(password) < DIGITS_ALONE:
            text = _(
                "A password of digits alone must have at least %(number)d digits. Or add other characters."
            )
            raise ValidationError(text % {"number": DIGITS_ALONE}, code="password_entirely_numeric")


class BreachedPasswordValidator(CommonPasswordValidator):
    """Django ships the 20,000 most common passwords from breaches, but most are shorter than we allow. People make them
    long enough with a year or a sign, and attackers know that: “Sunshine2026!” is rejected like “sunshine”."""

    def validate(self, password: str, user=None) -> None:
        if _are_digits_in_a_row(password) or any(
            word in self.passwords for word in _generate_words(password)
        ):
            raise ValidationError(self.get_error_message(), code="password_too_common")

    def get_error_message(self) -> str:
        return _(
            "This password is too easy to guess: it’s a common one, or a common one with digits or signs added."
        )


def _generate_words(password: str) -> Iterator[str]:
    """The password itself, and the words it is made from."""
    whole = password.lower().strip()
    yield whole
    bare = AROUND.sub("", whole)
    for word in (
        bare,
        bare.translate(SIGNS),
        AROUND.sub("", whole.translate(SIGNS)),
        re.sub(r"[\W_]+", "", whole),
    ):
        repeated = REPEATED.fullmatch(word)
        for made_from in (word, repeated[1] if repeated else ""):
            if len(made_from) >= SHORTEST_WORD:
                yield made_from


def _are_digits_in_a_row(password: str) -> bool:
    """Whether these are digits alone that go up, down or back and forth, such as 1234567890123456."""
    if not password.isdecimal():
        return False
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(password)}
    return len(steps) < FEWEST_STEPS


class OwnWordsValidator:
    """Words that someone who knows the organization tries first: those of LEADWELL_PASSWORD_WORDS, the product's name, and
    the host of LEADWELL_URL without its last part."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self.words = {_reduce_to_letters(word): word for word in words}

    def validate(self, password: str, user=None) -> None:
        plain = _reduce_to_letters(password)
        for letters, word in (self.words | _get_site_words()).items():
            if letters in plain or letters in _reduce_to_letters(password.translate(SIGNS)):
                text = _(
                    "Choose a password without “%(word)s”: people who know your organization try such words first."
                )
                raise ValidationError(text % {"word": word}, code="password_own_word")

    def get_help_text(self) -> str:
        return _("Your password can’t contain the name of your organization or of this site.")


def _get_site_words() -> dict[str, str]:
    parts = (urlsplit(settings.SITE_URL).hostname or "").split(".")
    names = [PRODUCT, *parts[:-1]]
    return {
        _reduce_to_letters(name): name for name in names if len(_reduce_to_letters(name)) >= SHORTEST_WORD
    }


def _reduce_to_letters(text: str) -> str:
    """Only letters and digits, small and without accents."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in bare if letter.isalnum())
