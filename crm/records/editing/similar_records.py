"""What a form of a record says about others that may be the same. A higher app finds them (duplicates/form_warnings.py)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from crm.records.kinds.kind_registry import Kind

# The name of the hidden inputs that say which ones the user was shown.
SEEN = "seen"


@dataclass(frozen=True)
class FormWarning:
    """`template` draws it with `context`. A form is saved only after the user saw everyone it warns of."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    stops: bool = False


# Each is called with the kind, the request, the form, and the record that is edited, or None. It returns None if it doesn't warn
# in forms of this kind.
WATCHERS: list[Callable[[Kind, Any, Any, Any], FormWarning | None]] = []


def get_form_warnings(kind: Kind, request: HttpRequest, form: Any, record: Any = None) -> list[FormWarning]:
    """What to draw in the form. While nothing was sent, a warning only says where it is asked for."""
    return [found for watch in WATCHERS if (found := watch(kind, request, form, record)) is not None]
