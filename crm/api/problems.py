"""What can go wrong with a call, for all dialects; each dialect has its own wording and shape."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import DataError, IntegrityError, OperationalError
from django.http import Http404
from rest_framework import exceptions

from crm.platform.web.transactions import (
    DEADLOCK,
    LOCK_NOT_AVAILABLE,
    QUERY_CANCELED,
    SERIALIZATION_FAILURE,
    UNIQUE_VIOLATION,
    Busy,
    get_sqlstate,
    is_database_away,
)
from crm.platform.web.unique_violations import ValueTaken
from crm.platform.web.views.errors import AGAIN_AFTER

CHECK_VIOLATION, FOREIGN_KEY_VIOLATION = "23514", "23503"
# A program that sent more wrong fields than this reads no more of them.
MOST_ERRORS, LONGEST_NAME = 20, 60


@dataclass
class ApiProblem(Exception):
    """`code` names it, `errors` are sentences by field. A dialect may have its own sentence for a code. `record` is the
    existing record that a new one would repeat."""

    status: int
    code: str
    message: str = ""
    errors: dict[str, list[str]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    record: int | None = None

    def shorten(self) -> "ApiProblem":
        """With the first errors only, and how many more there are."""
        number = sum(map(len, self.errors.values()))
        if number <= MOST_ERRORS and all(len(name) <= LONGEST_NAME for name in self.errors):
            return self
        found: dict[str, list[str]] = {}
        every = ((name, sentence) for name, sentences in self.errors.items() for sentence in sentences)
        for name, sentence in islice(every, MOST_ERRORS):
            found.setdefault(name[:LONGEST_NAME], []).append(sentence)
        if number > MOST_ERRORS:
            found.setdefault("__all__", []).append(f"{number - MOST_ERRORS} more errors aren't listed.")
        return replace(self, errors=found)


def build_invalid_problem(**errors: str) -> ApiProblem:
    """A call with invalid fields: one sentence per field."""
    return ApiProblem(
        422,
        "invalid",
        "The given data was invalid.",
        {name: [sentence] for name, sentence in errors.items()},
    )


def build_invalid_form_problem(errors: Any, names: Mapping[str, str] | None = None) -> ApiProblem:
    """The first sentence of each field of a form with errors. `names` are those by which a program knows the fields, if they have
    others; the other errors are about the whole body then."""
    return build_invalid_problem(
        **{
            name if names is None else names.get(name, "__all__"): str(sentences[0])
            for name, sentences in errors.items()
        }
    )


def get_problem(error: Exception, method: str | None = None) -> ApiProblem | None:
    """The problem for an exception; None for a bug of ours."""
    if isinstance(error, ApiProblem):
        return error
    if isinstance(error, Http404):
        return ApiProblem(404, "not_found", "Not found.")
    if isinstance(error, PermissionDenied):
        return ApiProblem(403, "forbidden", "You may not do this.")
    if isinstance(error, exceptions.ValidationError):
        return ApiProblem(422, "invalid", "The given data was invalid.", get_sentences_by_field(error.detail))
    if isinstance(error, exceptions.UnsupportedMediaType):
        return ApiProblem(415, "media_type", str(error.detail))
    if isinstance(error, RequestDataTooBig):
        return build_too_large_problem()
    # These are suspicious operations too.
    if isinstance(error, TooManyFieldsSent | TooManyFilesSent):
        return ApiProblem(400, "unreadable", "The request has too many fields.")
    if isinstance(error, exceptions.ParseError | SuspiciousOperation | RecursionError | UnicodeError):
        return ApiProblem(400, "unreadable", "The body of the request could not be read.")
    if is_database_away(error, method):
        return build_unavailable_problem()
    return _build_database_problem(error)


def _build_database_problem(error: Exception) -> ApiProblem | None:
    if isinstance(error, IntegrityError) and get_sqlstate(error) == CHECK_VIOLATION:
        return ApiProblem(422, "invalid", "Enter at least a name, company, email or phone.")
    if isinstance(error, ValueTaken):
        return build_taken_problem(error)
    if isinstance(error, IntegrityError) and get_sqlstate(error) not in (
        UNIQUE_VIOLATION,
        FOREIGN_KEY_VIOLATION,
    ):
        return None
    # What was there when it was judged is gone, or is there by now.
    if isinstance(error, Busy | IntegrityError):
        return build_busy_problem()
    if isinstance(error, OperationalError):
        if get_sqlstate(error) in (LOCK_NOT_AVAILABLE, DEADLOCK, SERIALIZATION_FAILURE):
            return build_busy_problem()
        if get_sqlstate(error) == QUERY_CANCELED:
            return ApiProblem(503, "too_slow", "This took too long. Nothing was changed. Narrow the filter.")
    if isinstance(error, DataError):
        return ApiProblem(422, "invalid", "The given data was invalid.")
    return None


def build_taken_problem(error: ValueTaken) -> ApiProblem:
    sentence = "Another record already has this value."
    errors = {field.name: sentence for field in error.fields}
    return build_invalid_problem(**errors) if errors else ApiProblem(422, "invalid", error.sentence)


def build_busy_problem() -> ApiProblem:
    return ApiProblem(409, "busy", "Someone else is changing this right now. Nothing was changed. Try again.")


def build_unavailable_problem() -> ApiProblem:
    text = "The database can't be reached. Try again in a few seconds, with the same Idempotency-Key if you sent one."
    return ApiProblem(503, "unavailable", text, headers={"Retry-After": str(AGAIN_AFTER)})


def build_too_large_problem() -> ApiProblem:
    return ApiProblem(413, "too_large", "The request is too large.")


def get_sentences_by_field(detail, name: str = "") -> dict[str, list[str]]:
    """The errors of a serializer as sentences by field; those inside a list or an object belong to its field."""
    if isinstance(detail, dict):
        found: dict[str, list[str]] = {}
        for key, inner in detail.items():
            for field_name, sentences in get_sentences_by_field(inner, name or str(key)).items():
                found.setdefault(field_name, []).extend(sentences)
        return found
    if isinstance(detail, list | tuple):
        texts: list[str] = []
        for inner in detail:
            for sentences in get_sentences_by_field(inner, name).values():
                texts += sentences
        return {name or "non_field_errors": texts}
    return {name or "non_field_errors": [str(detail)]}
