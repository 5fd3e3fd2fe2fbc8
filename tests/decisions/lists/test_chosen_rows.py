"""Which action for many rows a user is offered, which rows they may choose, and how the chosen ones are kept."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from crm.models import FrozenSet
from crm.records.editing.bulk_actions import BulkAction, NoForm, freeze_all, freeze_set, get_selected_ids
from leads.models import Lead


def build_action(**values: Any) -> BulkAction:
    given = {"name": "call", "label": "Call", "icon": "", "right": "assign", "form": NoForm, "verb": None}
    return BulkAction(**given | values)  # type: ignore[arg-type]


ALL = {"leads.assign_lead", "leads.bulk_lead", "crm.add_task"}
# What the action changes beside the record, whether it is available now, the permissions of a user, and whether they are offered it.
ACTIONS: dict[str, tuple[tuple[str, ...], bool, set[str], bool]] = {
    "with all permissions": ((), True, ALL, True),
    "without a permission": ((), True, set(), False),
    "for one record only": ((), True, ALL - {"leads.bulk_lead"}, False),
    "for many records, but not for this": ((), True, ALL - {"leads.assign_lead"}, False),
    "for records of another type": ((), True, {"customers.assign_company", "customers.bulk_company"}, False),
    "not available now": ((), False, ALL, False),
    "for what else it changes": (("crm.add_task",), True, ALL, True),
    "not for what else it changes": (("crm.add_task",), True, ALL - {"crm.add_task"}, False),
}


@pytest.mark.parametrize(("also", "now", "held", "offered"), ACTIONS.values(), ids=ACTIONS)
def test_who_is_offered_an_action_for_many_rows(also, now, held, offered):
    action = build_action(also=also, makes_sense=lambda: now)
    assert action.is_allowed_by(held.__contains__, Lead) is offered
    user: Any = type("Someone", (), {"has_perm": held.__contains__})
    assert action.is_allowed(user, Lead) is offered


@pytest.mark.parametrize("in_trash", [False, True], ids=["an action for leads", "an action for Trash"])
def test_an_action_is_for_records_that_the_user_may_change_in_trash_or_not(
    in_trash, make_lead, ann, departments
):
    rows = {
        (foreign, gone): make_lead(
            department=departments.export if foreign else departments.sales,
            shared=foreign,
            deleted_at=timezone.now() if gone else None,
        )
        for foreign in (False, True)
        for gone in (False, True)
    }
    found = build_action(in_trash=in_trash).changeable_rows_queryset(ann, Lead)
    assert list(found) == [rows[False, in_trash]]


def test_of_the_chosen_rows_those_that_the_user_sees_are_taken_in_order(make_lead, ann, departments):
    first, second = make_lead(), make_lead()
    shared = make_lead(department=departments.export, shared=True)
    foreign = make_lead(department=departments.export)
    _other = make_lead()
    texts = [str(pk) for pk in (shared.pk, second.pk, foreign.pk, first.pk, first.pk)]
    assert get_selected_ids([*texts, "x", "", "-1"], Lead, ann) == [first.pk, second.pk, shared.pk]


@pytest.mark.django_db
def test_chosen_rows_are_kept_once_each_in_order_with_what_found_them(ann):
    frozen = FrozenSet.objects.get(pk=freeze_set(ann, "lead", [7, 3, 7, 5], "city=Cluj").pk)
    assert (frozen.user, frozen.table, frozen.query) == (ann, "lead", "city=Cluj")
    assert (frozen.ids, frozen.count) == ([3, 5, 7], 3)


def test_all_rows_of_a_list_are_kept_in_the_order_of_their_numbers(ann, make_lead):
    leads = [make_lead(city=city) for city in ("Cluj", "Arad", "Cluj", "Bacau")]
    other = freeze_set(ann, "lead", [1], "")
    kept = freeze_all(ann, Lead.objects.exclude(city="Arad").order_by("city", "-pk"), "all=1")
    assert (kept.user, kept.table, kept.query, kept.count) == (ann, "lead", "all=1", 3)
    frozen = FrozenSet.objects.get(pk=kept.pk)
    assert (frozen.ids, frozen.count) == ([leads[0].pk, leads[2].pk, leads[3].pk], 3)
    assert FrozenSet.objects.get(pk=other.pk).ids == [1]
    assert freeze_all(ann, Lead.objects.none(), "").count == 0


def test_what_a_user_chose_more_than_a_day_ago_is_forgotten_with_the_next_choice(ann, ben):
    made = {
        (user, hours): FrozenSet.objects.create(
            user=user, table="lead", ids=[1], count=1, at=timezone.now() - timedelta(hours=hours)
        )
        for user in (ann, ben)
        for hours in (23, 25)
    }
    new = freeze_set(ann, "lead", [1], "")
    kept = {made[ann, 23].pk, made[ben, 23].pk, made[ben, 25].pk, new.pk}
    assert set(FrozenSet.objects.values_list("pk", flat=True)) == kept
