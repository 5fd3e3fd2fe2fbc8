"""Deals that aren't as they were when the period began, each once: with the stage, the expected close and the amount of then and now.

Then is what the first recorded change of a field since the beginning has replaced. So a change that was undone, or that was changed
back, doesn't count.
"""

from datetime import datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    DateField,
    DecimalField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    Subquery,
    When,
)
from django.db.models.fields.json import KeyTransform

from accounts.models import User
from crm.models import Change
from customers.models import Deal
from leads.models import Status
from reports.engine.question import ReportQuestion
from reports.pipeline.changed_leads import CLOSED, GONE, get_beginning
from reports.subjects.deals import get_counted_deals


def get_changed_deals(question: ReportQuestion, viewer: User) -> tuple[Any, datetime | None]:
    """With filters, those of the leads that these find."""
    deals, as_of = get_counted_deals(question, viewer)
    return annotate_before(deals, get_beginning(question.period)), as_of


def annotate_before(deals: Any, since: datetime) -> Any:
    """Those with a change since then, with `stage_before`, `close_before` and `value_before`, and in the base currency
    `amount_before`; `added` says that they were added since then."""
    changes = Change.objects.filter(table=Deal.table, at__gte=since)
    own = changes.filter(row=OuterRef("pk"))
    found = deals.filter(pk__in=changes.values("row")).annotate(
        added=Exists(own.added()),
        stage_before=_build_before(own, "status_id", F("status"), BigIntegerField()),
        close_before=_build_before(own, "expected_close", F("expected_close"), DateField()),
        value_before=_build_before(own, "value", F("value"), DecimalField(max_digits=14, decimal_places=2)),
        currency_before=_build_before(own, "currency", F("currency"), CharField(max_length=3)),
    )
    return found.annotate(
        kind_before=Subquery(Status.objects.filter(pk=OuterRef("stage_before")).values("kind")[:1]),
        amount_before=Func(
            "value_before",
            "currency_before",
            "created_at",
            function="leadwell_base_value",
            output_field=DecimalField(max_digits=20, decimal_places=2),
        ),
    )


TYPES = {BigIntegerField: "bigint", DateField: "date", DecimalField: "numeric", CharField: "text"}


def _build_before(changes: Any, column: str, now: Any, field: Any) -> Case:
    """What the first of these changes of the column has replaced; what is there now if none has."""
    first = changes.with_field(column).order_by("id").annotate(pair=KeyTransform(column, "fields"))
    pair = Subquery(first.values("pair")[:1])
    old = Func(pair, template=f"(%(expressions)s ->> 0)::{TYPES[type(field)]}", output_field=field)
    return Case(When(Exists(changes.with_field(column)), then=old), default=now, output_field=field)


KNOWN = Q(added=False)
NEW = Q(added=True)
MOVED = KNOWN & ~Q(stage_before=F("status"))
IS_WON, IS_LOST = Q(status__kind=Status.Kind.WON), Q(status__kind__in=GONE)
WON = IS_WON & (NEW | ~Q(kind_before=Status.Kind.WON))
LOST = IS_LOST & (NEW | ~Q(kind_before__in=GONE))
REOPENED = KNOWN & Q(status__kind__in=Status.OPEN, kind_before__in=CLOSED)
# A day that was entered or removed is no slip.
SLIPPED = KNOWN & Q(expected_close__gt=F("close_before"))
EARLIER = KNOWN & Q(expected_close__lt=F("close_before"))
AMOUNT_UP = KNOWN & Q(base_value__gt=F("amount_before"))
AMOUNT_DOWN = KNOWN & Q(base_value__lt=F("amount_before"))
CHANGED = NEW | MOVED | SLIPPED | EARLIER | AMOUNT_UP | AMOUNT_DOWN
