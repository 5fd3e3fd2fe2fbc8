"""Months of the expected close of deals, as keys like "2026-11"; the key of overdue deals comes before all of them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from accounts.models import User

OVERDUE = "0"


def parse_month_key(text: str) -> str:
    """Read from a URL; a ValueError for anything else."""
    return text if text == OVERDUE else f"{date.fromisoformat(f'{text}-01'):%Y-%m}"


def get_month_labels(keys: Sequence[Any], viewer: User) -> dict[str, str]:
    return {key: _format_month(key) for key in keys if key}


def _format_month(key: str) -> str:
    return _("Overdue") if key == OVERDUE else formats.date_format(date.fromisoformat(f"{key}-01"), "F Y")
