"""Email addresses as they are stored."""

from contextlib import suppress


def tidy_email(text: str) -> str:
    """Trimmed; a domain in its ASCII form (xn--…) becomes readable."""
    name, at, domain = text.strip().rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("ascii").decode("idna") if "xn--" in domain.lower() else domain
    return f"{name}{at}{domain}"
