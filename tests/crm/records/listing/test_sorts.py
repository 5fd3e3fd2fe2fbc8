"""Sorting and paging: every column, both directions, forward and backward, in the order people expect on any server."""

from itertools import product

import pytest
from django.utils import translation

from accounts.models import Membership, User
from crm.platform.text.text_folding import fold_text as folded
from crm.records.paging.sorts import CHANGED
from leads import fields, sorts
from leads.models import Lead
from leads.tables import LeadTable
from tests.crm.records.listing.pages import PEOPLE, listing, walk
from tests.examples import one_in


@pytest.mark.parametrize(("name", "who"), one_in(5, product(fields.LIST, ["bob", "ann", "ada"])))
def test_every_column_sorts_in_both_directions_without_lost_or_repeated_leads(name, who, many, cast):
    user = getattr(cast, who)
    visible = set(Lead.objects.visible_to(user).values_list("pk", flat=True))
    up = walk(user, f"sort={name}", size=7)
    down = walk(user, f"sort=-{name}", size=7)
    assert len(up) == len(visible)
    assert set(up) == set(down) == visible
    last = listing(user, f"sort={name}&last=1").get_page(7)
    assert last.ids == up[-7:]
    assert last.next == ""


def filled(rows, value):
    return [value(row) for row in rows if value(row) not in ("", None)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", lambda lead: lead.name_key),
        ("company", lambda lead: lead.company_key),
        ("email", lambda lead: lead.email_key),
        ("value", lambda lead: lead.base_value),
        ("next_action", lambda lead: lead.next_action_on),
        ("status", lambda lead: lead.status.position),
        ("country", lambda lead: folded(lead.country.name) if lead.country else ""),
        ("owner", lambda lead: folded(lead.owner.name) if lead.owner else ""),
        ("created_at", lambda lead: lead.created_at),
    ],
)
def test_values_are_in_order_and_empty_ones_come_last_in_both_directions(name, value, many, ada):
    rows = Lead.objects.in_bulk()
    up = [rows[pk] for pk in walk(ada, f"sort={name}", size=20)]
    down = [rows[pk] for pk in walk(ada, f"sort=-{name}", size=20)]
    assert filled(up, value) == sorted(filled(up, value))
    assert filled(down, value) == sorted(filled(down, value), reverse=True)
    for found in (up, down):
        empty = [value(row) in ("", None) for row in found]
        assert empty == sorted(empty)


def test_names_sort_the_way_people_expect_on_any_server(ada, make_lead):
    for name in PEOPLE:
        make_lead(name)
    shown = [Lead.objects.get(pk=pk).last_name for pk in walk(ada, "sort=name")]
    assert shown == ["adam", "Éric", "Eva", "Østergaard", "Ștefan", "Stone", "Zoe"]


def test_countries_are_sorted_by_the_name_in_the_readers_language(ada, make_lead):
    for code in ("DE", "AT", "GB", "RO"):
        make_lead(code, country=code)
    names = {row.pk: row.country.code for row in Lead.objects.all()}
    assert [names[pk] for pk in walk(ada, "sort=country")] == ["AT", "DE", "RO", "GB"]
    with translation.override("ro"):
        # Austria, Germania, Regatul Unit…, România
        assert [names[pk] for pk in walk(ada, "sort=country")] == ["AT", "DE", "GB", "RO"]


def test_the_longest_time_in_a_status_has_the_earliest_date(ada, make_lead):
    old = make_lead("Old", status_since="2026-01-01T00:00Z")
    new = make_lead("New", status_since="2026-02-01T00:00Z")
    assert walk(ada, "sort=-time_in_status") == [old.pk, new.pk]
    assert walk(ada, "sort=time_in_status") == [new.pk, old.pk]


def test_a_foreign_or_damaged_cursor_shows_the_first_page(ada, ann, many):
    first = listing(ada, "sort=name").get_page(5)
    for cursor in ("nonsense", first.next[:-2], listing(ann, "sort=name").get_page(5).next):
        assert listing(ada, f"sort=name&after={cursor}").get_page(5).ids == first.ids
    other_sort = listing(ada, "sort=company").get_page(5)
    assert listing(ada, f"sort=company&after={first.next}").get_page(5).ids == other_sort.ids


def test_an_unknown_sort_is_the_default(ada, many):
    assert listing(ada, "sort=password").get_page(5).ids == listing(ada).get_page(5).ids
    assert listing(ada, "sort=owner__password").sort == "-created_at"


@pytest.mark.parametrize(
    "name", ["name", "company", "status", "owner", "country", "newsletter", "created_at"]
)
def test_the_neighbors_of_a_lead_are_the_ones_in_its_list(name, many, ann):
    order = walk(ann, f"sort={name}", size=20)
    shown = listing(ann, f"sort={name}")
    for place in (0, 1, len(order) // 2, len(order) - 1):
        before = order[place - 1] if place else None
        after = order[place + 1] if place + 1 < len(order) else None
        assert shown.find_neighbors(order[place]) == (before, after)


def test_a_lead_outside_the_list_has_no_neighbors(ann, many, make_lead):
    stranger = make_lead("Another user", vip=False)
    assert listing(ann, "vip=yes").find_neighbors(stranger.pk) == (None, None)


def test_every_list_column_has_a_cell_and_all_but_six_have_a_sort():
    columns = {name: column for name, column in LeadTable.base_columns.items() if name != "deleted_at"}
    unsorted = {name for name in columns if name not in sorts.SORTS.own}
    assert unsorted == {"client", "client_contact", "created_by", "description", "lost_remark", "sequence"}
    # A program alone sorts by the last change, with a condition that says since when.
    shown = sorts.SORTS.own - {CHANGED}
    assert set(fields.LIST) == shown | unsorted == set(columns), "the bin alone shows deleted_at"


@pytest.mark.parametrize("who", ["ann", "bob", "oscar"])
@pytest.mark.parametrize("belongs_to", [[], ["sales", "export"]])
def test_members_of_every_department_or_none_can_sort_by_every_column(
    who, belongs_to, cast, departments, make_lead
):
    user = getattr(cast, who)
    Membership.objects.filter(user=user).delete()
    for place, name in enumerate(belongs_to):
        Membership.objects.create(user=user, department=getattr(departments, name), position=place)
    user = User.objects.with_rights().get(pk=user.pk)
    for department in (departments.sales, departments.export):
        make_lead(owner=user, department=department)
        make_lead(department=department)
    seen = set(Lead.objects.visible_to(user).values_list("pk", flat=True))
    assert len(seen) == (4 if belongs_to else 2)
    for sort in sorts.SORTS.own:
        for sign in ("", "-"):
            assert set(listing(user, f"sort={sign}{sort}").get_page(10).ids) == seen
