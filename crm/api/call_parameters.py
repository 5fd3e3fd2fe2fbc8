"""Parameters of calls: numbers in URLs and queries, those that have no effect, and the token in the header."""

from collections.abc import Iterable

from django.http import HttpRequest

from crm.api.problems import build_invalid_problem

FAR = 2**40
# Higher than the id of any row.
LARGEST_ID = 10**14
# What lists are narrowed by elsewhere.
NARROWING = {"filter", "filters", "ids", "keyword", "keysearch", "q", "query", "search", "term", "where"}


def parse_number_parameter(name: str, text: str, most: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 15 and 1 <= int(text) <= most):
        words = f"It is a number from 1 to {most}." if most < FAR else "It is a number from 1 on."
        raise build_invalid_problem(**{name: words})
    return int(text)


def require_known(name: str, value: str, known: Iterable[str]) -> None:
    """Raises Problem 422. '' among those known is no value."""
    if value not in known:
        raise build_invalid_problem(**{name: f"Send one of these: {', '.join(filter(None, known))}."})


def parse_url_number(text: str) -> int | None:
    """A number in a URL; 0 for one that no row can have, None for anything else."""
    if not (text.isascii() and text.isdecimal()):
        return None
    return int(text) if len(text) < 19 else 0


def get_ignored_parameters(sent: Iterable[str], known: Iterable[str], fields: Iterable[str]) -> list[str]:
    """The parameters of a list that have no effect. Raises Problem 422 for one that would narrow the list if it were known, such as a
    field of its rows: a program that takes the first row of all for the one that it looked for changes another one."""
    read, narrowing = set(known), NARROWING.union(fields)
    unknown = [name for name in sent if name not in read]
    if refused := [name for name in unknown if name.partition("[")[0].lower() in narrowing]:
        raise build_invalid_problem(**dict.fromkeys(refused, "The list can’t be narrowed by this parameter."))
    return unknown


def get_bearer_token(request: HttpRequest) -> str:
    """The token in "Authorization: Bearer <token>", or ''."""
    scheme, _space, secret = request.headers.get("Authorization", "").strip().partition(" ")
    return secret if scheme.lower() == "bearer" else ""
