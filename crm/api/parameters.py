"""Parameters of calls: numbers in URLs and queries, and the token in the header."""

from django.http import HttpRequest

from crm.api.problems import invalid

FAR = 2**40


def number(name: str, text: str, most: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 15 and 1 <= int(text) <= most):
        words = f"It is a number from 1 to {most}." if most < FAR else "It is a number from 1 on."
        raise invalid(**{name: words})
    return int(text)


def number_of(text: str) -> int | None:
    """A number in a URL; 0 for one that no row can have, None for anything else."""
    if not (text.isascii() and text.isdecimal()):
        return None
    return int(text) if len(text) < 19 else 0


def bearer(request: HttpRequest) -> str:
    """The token in "Authorization: Bearer <token>", or ''."""
    scheme, _space, secret = request.headers.get("Authorization", "").strip().partition(" ")
    return secret if scheme.lower() == "bearer" else ""
