"""Filters of several values, of yes or no, and of a part of a text: what they find, what they offer, and how they read."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db.models import Q
from django.http import QueryDict

from crm.fields.conditions.field_filters import (
    AnyOf,
    CombinableFilter,
    Contains,
    Flag,
    YesNoFilter,
    build_ids_condition,
    get_empty_choice,
    get_filter_parameters,
    get_people_choices,
)
from leads.models import Lead

CHOICES = {"1": "Website", "2": "Event", "3": "Fair"}


def build(query: str = "", *, asked: Any = None) -> AnyOf:
    """The filter of a list with this URL, or of a form that asks for filters."""
    found = AnyOf(
        label="Source", choices=lambda user: CHOICES.items(), condition=lambda values, user: Q(pk__in=values)
    )
    form = SimpleNamespace(fields={"source": SimpleNamespace(choices=CHOICES.items())})
    found.parent = SimpleNamespace(
        data=QueryDict(query), filters={"source": found}, asked=asked, user=None, form=form
    )
    return found


# The URL, and how its filter reads.
WORDS = {
    "one value": ("source=1", "Website"),
    "two values": ("source=1&source=2", "Website or Event"),
    "three values": ("source=1&source=2&source=3", "Website, Event or Fair"),
    "not one value": ("source=1&source_not=on", "not Website"),
    "not two values": ("source=1&source=2&source_not=on", "not Website or Event"),
    "a mark that isn't one": ("source=1&source_not=yes", "Website"),
    "a value that isn't offered": ("source=9", "9"),
}


@pytest.mark.parametrize(("query", "words"), WORDS.values(), ids=WORDS)
def test_how_a_filter_of_values_reads(query, words):
    found = build(query)
    values = QueryDict(query).getlist("source")
    assert found.describe_value(values) == words
    condition = Q(pk__in=values)
    assert found.build_condition(values) == (~condition if words.startswith("not") else condition)
    assert found.parameters == ["source", "source_not"]


# What a URL or a form asks for, and the choices that are read for it.
OFFERED = {
    "a form has all": ("source=1", ["source"], "123"),
    "a form without filters of its own has all": ("", [], "123"),
    "the first choice": ("source=1", None, "1"),
    "the last choice": ("source=3", None, "123"),
    "two choices": ("source=2&source=1", None, "12"),
    "a value that isn't offered": ("source=9", None, "123"),
}


@pytest.mark.parametrize(("query", "asked", "offered"), OFFERED.values(), ids=OFFERED)
def test_a_list_reads_choices_until_it_has_those_of_its_url(query, asked, offered):
    assert "".join(value for value, _label in build(query, asked=asked)._iterate_choices()) == offered


def test_yes_and_no():
    found = YesNoFilter(label="VIP", condition=lambda: Q(vip=True))
    assert (found.build_condition("yes"), found.build_condition("no")) == (Q(vip=True), ~Q(vip=True))
    assert (found.describe_value("yes"), found.describe_value("no")) == ("yes", "no")
    assert Flag(label="Late", condition=lambda: Q(late=True)).build_condition(True) == Q(late=True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "folded", "names"), [("company_key", True, "AB"), ("company", False, "B")]
)
def test_a_part_of_a_text(column, folded, names, make_lead):
    make_lead("A", company="Oțel Group")
    make_lead("B", company="HOTEL")
    make_lead("C", company="Steel")
    condition = Contains(label="Company", column=column, folded=folded).build_condition("OtEl")
    assert (
        "".join(Lead.objects.filter(condition).order_by("last_name").values_list("last_name", flat=True))
        == names
    )


def test_what_most_filters_are():
    """A filter that finds few records by an index, or is only in links, says so itself."""
    found = CombinableFilter()
    found.parent = SimpleNamespace(filters={"source": found})
    assert (found.finds_few_records, found.is_offered_to(None, Lead), found.parameters) == (
        False,
        True,
        ["source"],
    )


def test_only_a_field_that_may_be_empty_offers_records_without_a_value():
    offered = {
        name: bool(get_empty_choice(Lead._meta.get_field(name))) for name in ("owner", "status", "country")
    }
    assert offered == {"owner": True, "status": False, "country": True}


def test_ids_and_parameters():
    assert build_ids_condition("owner")(["7", "8"], None) == Q(owner__in=[7, 8])
    assert get_filter_parameters("added") == ["added", "added_not", "added_from", "added_to"]


def test_the_people_that_a_filter_offers(cast):
    offered = dict(get_people_choices(cast.bob))
    assert [*offered][:3] == ["me", "none", "team"]
    assert str(cast.ann.pk) in offered
    assert str(cast.dan.pk) not in offered
