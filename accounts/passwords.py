"""New passwords are compared with the most common ones, even with digits and signs around them."""

import re
from collections.abc import Iterator

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# A shorter word inside a password proves nothing: the list also contains single letters.
SHORTEST_WORD = 4
AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
REPEATED = re.compile(r"(.+?)\1+")
# Signs that people use in place of letters.
SIGNS = str.maketrans("@430$517!", "aaeossiti")


class BreachedPasswordValidator(CommonPasswordValidator):
    """Django ships the 20,000 most common passwords from breaches, but most are shorter than we allow. People make them
    long enough with a year or a sign, and attackers know that: “Sunshine2026!” is rejected like “sunshine”."""

    def validate(self, password: str, user=None) -> None:
        if any(word in self.passwords for word in _words_of(password)):
            raise ValidationError(self.get_error_message(), code="password_too_common")

    def get_error_message(self) -> str:
        return _(
            "This password is too easy to guess: it’s a common one, or a common one with digits or signs added."
        )


def _words_of(password: str) -> Iterator[str]:
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
