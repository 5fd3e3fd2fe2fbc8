"""Numbers that took long to count, as they were at a moment."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Older ones are counted again before anyone sees them.
OLDEST = timedelta(hours=12)


class Exact(json.JSONEncoder):
    """Amounts and times come back as they were."""

    def default(self, o: Any) -> Any:
        if isinstance(o, Decimal):
            return {"amount": str(o)}
        if isinstance(o, datetime):
            return {"moment": o.isoformat()}
        if isinstance(o, date):
            return {"day": o.isoformat()}
        return super().default(o)


READ: dict[str, Callable[[str], Any]] = {
    "amount": Decimal,
    "moment": datetime.fromisoformat,
    "day": date.fromisoformat,
}


class ExactDecoder(json.JSONDecoder):
    def __init__(self, **options: Any) -> None:
        super().__init__(object_hook=_decode_value, **options)


def _decode_value(found: dict[str, str]) -> Any:
    ((name, text),) = found.items()
    return READ[name](text)


class KeptNumbersQuerySet(models.QuerySet):
    def usable(self):
        return self.filter(at__gt=timezone.now() - OLDEST)

    def outdated(self):
        return self.filter(at__lte=timezone.now() - OLDEST)


class KeptNumbers(models.Model):
    """`digest` is that of the statement with its values, so that readers who ask the same get the same."""

    digest = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField(_("counted"), db_default=Now(), db_index=True)
    rows = models.JSONField(encoder=Exact, decoder=ExactDecoder)

    objects = KeptNumbersQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("kept numbers")
        verbose_name_plural = _("kept numbers")
