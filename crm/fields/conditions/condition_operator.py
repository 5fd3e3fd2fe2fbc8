"""What an operator of a condition is (crm/fields/conditions/operators.py has them)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Field, Q


@dataclass(frozen=True)
class Operator:
    """`value` makes the form field that reads the value in a URL; `words` say the condition after the field's label.

    `asks` is what its form asks for: text, number, day, numbers or days (a range), period, nothing. `searched` says that
    a record that matches also holds the words of the value, so the search finds candidates.
    """

    name: str
    label: Any
    value: Callable[[], forms.Field]
    condition: Callable[[Field, Any], Q]
    words: Callable[[Any], str]
    asks: str = "text"
    searched: bool = False
