"""The filter of lists by consent: given, withdrawn, or neither, for each purpose."""

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, BooleanField, CharField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat, Substr
from django.db.models.lookups import Exact, IsNull
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.fields.conditions.field_filters import AnyOf
from crm.records.kinds.kind_registry import KINDS
from customers.models import ConsentPurpose, ConsentState

NAME = "consent"
# So many are looked up by their IDs. With a million leads, 5,000 took 4 s when each record of a list was asked, and 0.1 s this way.
MANY = 24_000
GIVEN, WITHDRAWN, NEITHER = "given", "withdrawn", "none"
WORDS = {
    GIVEN: _("%(purpose)s: given"),
    WITHDRAWN: _("%(purpose)s: withdrawn"),
    NEITHER: _("%(purpose)s: none"),
}
# Records that have a state of their email and another one from before they had it. The newest counts, as on their pages; at the same
# moment, withdrawn counts.
OVERRULED = """
    SELECT r.id FROM customers_consentstate o
    JOIN {table} r ON r.id = CASE WHEN o.person ~ '^{kind} [0-9]+$' THEN substr(o.person, {digits})::bigint END AND r.email_key <> ''
    JOIN customers_consentstate e ON e.purpose_id = o.purpose_id AND e.person = left(r.email_key, 254) AND e.given <> o.given
    WHERE o.purpose_id = %(purpose)s AND o.person LIKE '{kind} %%'
      AND CASE WHEN o.at = e.at THEN false WHEN o.at > e.at THEN o.given ELSE e.given END <> %(given)s
"""


def get_choices(user: User) -> Iterator[tuple[str, Any]]:
    for purpose in ConsentPurpose.objects.active().by_name():
        for state, words in WORDS.items():
            yield f"{purpose.pk}-{state}", str(words) % {"purpose": purpose.name}


class ConsentFilter(AnyOf):
    def __init__(self, table: str) -> None:
        super().__init__(
            label=_("consent"),
            choices=get_choices,
            condition=lambda values, user: _build_condition(table, values),
        )

    def is_offered_to(self, user: User, model: Any) -> bool:
        return ConsentPurpose.objects.active().exists()


def _build_condition(table: str, values: list[str]) -> Q:
    found = Q()
    for value in values:
        pk, _dash, state = value.partition("-")
        if state == NEITHER:
            found |= ~_build_state_condition(table, int(pk))
        else:
            found |= _build_state_condition(table, int(pk), given=state == GIVEN)
    return found


def _build_state_condition(table: str, purpose: int, *, given: bool | None = None) -> Q:
    """A few are looked up at once; otherwise each record of a list is asked, because its page is soon full."""
    ids = [pk for (pk,) in find_records_with_consent(table, purpose, given=given)[: MANY + 1]]
    if len(ids) <= MANY:
        return Q(pk__any=sorted(set(ids).difference(_get_overruled_ids(table, purpose, given))))
    own: Any = Concat(Value(f"{table} "), Cast(OuterRef("pk"), CharField()))
    states = ConsentState.objects.filter(purpose=purpose, person__in=[OuterRef("email_key"), own])
    # Not EXISTS, which the planner turns into a join without an index.
    newest = Subquery(states.order_by("-at", "given").values("given")[:1])
    if given is None:
        return ~Q(IsNull(newest, True))
    return Q(Exact(Coalesce(newest, Value(not given), output_field=BooleanField()), given))


def _get_overruled_ids(table: str, purpose: int, given: bool | None) -> list[int]:
    """The IDs of records with this state of which another one is newer."""
    if given is None:
        return []
    db_table = connection.ops.quote_name(KINDS[table].model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            OVERRULED.format(table=db_table, kind=table, digits=len(table) + 2),
            {"purpose": purpose, "given": given},
        )
        return [pk for (pk,) in cursor.fetchall()]


def _states_queryset(purpose: int, given: bool | None) -> QuerySet:
    states = ConsentState.objects.filter(purpose=purpose)
    return states if given is None else states.filter(given=given)


def find_records_with_consent(table: str, purpose: int, *, given: bool | None = None) -> QuerySet:
    """The IDs of records whose people gave or withdrew this consent: looked up from the people, by their emails."""
    states = _states_queryset(purpose, given)
    model: Any = KINDS[table].model
    by_email = model._base_manager.filter(email_key__in=states.values("person")).exclude(email_key="")
    own = states.filter(person__startswith=f"{table} ", person__regex=rf"^{table} \d+$")
    by_number = own.values_list(Cast(Substr("person", len(table) + 2), BigIntegerField()))
    return by_email.order_by().values_list("pk").union(by_number, all=True)
