"""Which record's value the kept record of a merge gets, field by field."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from crm.records.history.verb_execution import operation
from duplicates.merging.field_values import (
    RecordPart,
    RecordValues,
    choose_source,
    choose_source_of_hidden,
    choose_sources,
    choose_survivor,
    get_record_parts,
    may_choose,
    read_values,
)
from duplicates.merging.merge_sql import write_columns
from duplicates.merging.merge_verb import get_merge_problem
from leads.models import Lead

KEPT, OLDER, NEWER = 5, 3, 8
CLIENT = {"client": 70}


def record(pk: int, day: int, **parts: Any) -> RecordValues:
    """A record that was added on the day of its number, and changed last on `day`."""
    return RecordValues(
        pk, datetime(2026, 5, day, tzinfo=UTC), datetime(2026, 4, pk, tzinfo=UTC), 1, [], dict(parts)
    )


class Source(NamedTuple):
    """The values of the kept record, of one that was changed before it and of one that was changed after it; None for no
    such record. The kept one gets its value `by_rule` if no one chooses, and `hidden` if the user may not decide."""

    kept: Any
    older: Any
    newer: Any
    by_rule: int
    hidden: int = KEPT
    field: str = "city"
    more: dict[str, Any] = {}


SOURCES = {
    "the newest one that isn't empty counts": Source("Arad", "Cluj", "Iasi", NEWER),
    "an empty newest one doesn't count": Source("Arad", "Cluj", "", KEPT),
    "an older one fills what is empty": Source("", "Cluj", "", OLDER, hidden=OLDER),
    "of two that can fill it, the newer one does": Source("", "Cluj", "Iasi", NEWER, hidden=NEWER),
    "the kept one stays empty if all are": Source("", "", "", KEPT),
    "no value at all is empty": Source(None, "Cluj", None, OLDER, hidden=OLDER),
    "an empty list is empty": Source([], ["o1"], [], OLDER, hidden=OLDER),
    "a no is empty": Source(False, True, False, OLDER, hidden=OLDER, field="vip"),
    "zero is a value": Source(0, 5, None, KEPT, field="employees"),
    "a newest zero is a value": Source(5, None, 0, NEWER, field="employees"),
    "an amount without a number is empty, whatever its currency": Source(
        (None, "EUR"), (10, "RON"), (None, "EUR"), OLDER, hidden=OLDER, field="value"
    ),
    "an amount of zero is a value": Source((0, "EUR"), (10, "RON"), (None, "EUR"), KEPT, field="value"),
    "the status stays": Source(1, 2, 3, KEPT, field="status"),
    "the owner stays": Source((11, 1), (12, 1), (13, 1), KEPT, field="owner"),
    "an unassigned one stays unassigned": Source((None, 1), (12, 1), (13, 1), KEPT, field="owner"),
    "what isn't shared stays so": Source(False, True, True, KEPT, field="shared"),
    "the client of the kept one stays": Source(70, None, 71, KEPT, field="client"),
    "a client comes from the one that has it": Source(None, None, 71, NEWER, hidden=NEWER, field="client"),
    "a known company of the kept one stays": Source(70, 71, 72, KEPT, field="known_company"),
    "a known company comes from the newest other": Source(
        None, 71, 72, NEWER, hidden=NEWER, field="known_company"
    ),
    "a converted one keeps all that it has": Source("Arad", "Cluj", "Iasi", KEPT, more=CLIENT),
    "a converted one keeps even what is empty": Source("", "Cluj", "Iasi", KEPT, more=CLIENT),
    "one that is converted to a contact, too": Source("", "Cluj", "Iasi", KEPT, more={"client_contact": 70}),
}


@pytest.mark.parametrize("case", SOURCES.values(), ids=SOURCES.keys())
def test_the_source_of_a_field(case):
    kept = record(KEPT, 10, **{case.field: case.kept}, **case.more)
    others = [record(OLDER, 9, **{case.field: case.older}), record(NEWER, 11, **{case.field: case.newer})]
    part = RecordPart(case.field, (case.field,), None)
    for order in (others, others[::-1]):
        assert choose_source(part, kept, order, None) == case.by_rule
        assert choose_source_of_hidden(part, kept, order) == case.hidden
        # Whatever the rule says, a choice counts.
        for chosen in (KEPT, OLDER, NEWER):
            assert choose_source(part, kept, order, chosen) == chosen


# The day of the last change of records 3, 5 (the kept one) and 8.
AGES = {
    "the one that was changed last": ((1, 2, 3), 8),
    "the one that was changed last, though added first": ((3, 2, 1), 3),
    "the kept one, if another was changed at the same time": ((3, 3, 1), 5),
    "the kept one, if all were changed at the same time": ((3, 3, 3), 5),
    "the one that was added last, if two others were changed at the same time": ((3, 1, 3), 8),
}


@pytest.mark.parametrize(("days", "source"), AGES.values(), ids=AGES.keys())
def test_the_newest_record(days, source):
    older, kept, newer = (
        record(pk, day, city=str(pk)) for pk, day in zip((OLDER, KEPT, NEWER), days, strict=True)
    )
    assert choose_source(RecordPart("city", ("city",), None), kept, [older, newer], None) == source


SURVIVORS = {
    "the oldest": ([(8, {}), (3, {}), (5, {})], 3),
    "the converted one, though it is newer": ([(3, {}), (8, CLIENT)], 8),
    "the one that is converted to a contact": ([(3, {}), (8, {"client_contact": 1})], 8),
    "the older one of two converted ones": ([(3, {}), (8, CLIENT), (5, CLIENT)], 5),
    "one alone": ([(8, {})], 8),
}


@pytest.mark.parametrize(("records", "survivor"), SURVIVORS.values(), ids=SURVIVORS.keys())
def test_which_record_is_kept(records, survivor):
    assert choose_survivor([record(pk, 1, **parts) for pk, parts in records]) == survivor


def test_of_two_records_that_were_added_at_once_the_first_one_is_kept():
    one, other = record(3, 1), record(2, 1)
    one.created_at = other.created_at
    assert choose_survivor([one, other]) == 2


NO_CLIENT: dict[str, Any] = {"client": None, "client_contact": None}
PROBLEMS = {
    "none is converted": ([NO_CLIENT, NO_CLIENT], ""),
    "the kept one is converted": ([NO_CLIENT | CLIENT, NO_CLIENT], ""),
    "only a merged one is converted": ([NO_CLIENT, NO_CLIENT | CLIENT], "merge_into_converted"),
    "both are converted to the same client": ([NO_CLIENT | CLIENT, NO_CLIENT | CLIENT], ""),
    "they are converted to two companies": (
        [NO_CLIENT | CLIENT, NO_CLIENT | {"client": 71}], "merge_several_clients"
    ),
    "they are converted to two contacts": (
        [NO_CLIENT | {"client_contact": 1}, NO_CLIENT | {"client_contact": 2}],
        "merge_several_clients",
    ),
    "one is converted to a company, the other one to a contact": (
        [NO_CLIENT | CLIENT, NO_CLIENT | {"client_contact": 2}],
        "",
    ),
    "two merged ones are converted to two companies": (
        [NO_CLIENT, NO_CLIENT | CLIENT, NO_CLIENT | {"client": 71}],
        "merge_several_clients",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("records", "code"), PROBLEMS.values(), ids=PROBLEMS.keys())
def test_why_leads_cannot_be_merged(records, code):
    found = [record(pk, 1, **parts) for pk, parts in enumerate(records, 1)]
    assert get_merge_problem(found, 1) == code


class User(NamedTuple):
    rights: tuple[str, ...]
    edits: bool = True

    def has_perm(self, right: str) -> bool:
        return right in self.rights


ASSIGN, NO_RIGHTS = User(("leads.assign_lead",)), User(("leads.change_lead", "leads.delete_lead"))
CHOICES = {
    "the city": ("city", NO_RIGHTS, True),
    "the status": ("status", NO_RIGHTS, True),
    "the owner, by someone who may assign": ("owner", ASSIGN, True),
    "the owner, by someone who may not assign": ("owner", NO_RIGHTS, False),
    "who sees the lead, by someone who may assign": ("shared", ASSIGN, True),
    "who sees the lead, by someone who may not assign": ("shared", NO_RIGHTS, False),
    "the client": ("client", ASSIGN, False),
    "the client's contact": ("client_contact", ASSIGN, False),
    "the known company": ("known_company", ASSIGN, False),
}


@pytest.mark.parametrize(("name", "user", "may"), CHOICES.values(), ids=CHOICES.keys())
def test_who_may_choose_a_field(name, user, may):
    assert may_choose(RecordPart(name, (name,), None), Lead, user) is may


CUSTOM = {
    "a custom field": (False, True, True),
    "one that the user can't edit": (False, False, False),
    "one that is retired": (True, True, False),
    "one that is retired and that the user can't edit": (True, False, False),
}


@pytest.mark.parametrize(("retired", "edits", "may"), CUSTOM.values(), ids=CUSTOM.keys())
def test_who_may_choose_a_custom_field(retired, edits, may, monkeypatch):
    monkeypatch.setattr("duplicates.merging.field_values.is_edited_by", lambda field, user: user.edits)
    field = SimpleNamespace(definition=SimpleNamespace(retired=retired))
    # The permission to assign is about other fields.
    for rights in ((), ("leads.assign_lead",)):
        assert may_choose(RecordPart("c1", ("c1",), field, custom=True), Lead, User(rights, edits)) is may


def test_only_values_that_the_kept_record_does_not_have_are_written():
    parts = [
        RecordPart(name, (name,), None) for name in ("city", "country", "email", "owner", "shared", "phone")
    ]
    kept = record(KEPT, 1, city="Arad", country="RO", email="", owner=(11, 1), shared=False, phone=("", ""))
    other = record(
        NEWER, 2, city="Cluj", country="RO", email="", owner=(12, 1), shared=True, phone=("1", "1")
    )
    table = {
        # By the rules, the owner and who sees the lead stay.
        (ASSIGN, ()): {"city": NEWER, "phone": NEWER},
        (NO_RIGHTS, ()): {"city": NEWER, "phone": NEWER},
        # A choice counts, even of an empty value.
        (ASSIGN, (("owner", NEWER), ("city", KEPT))): {"owner": NEWER, "phone": NEWER},
        # A choice that isn't allowed changes nothing.
        (NO_RIGHTS, (("owner", NEWER), ("shared", KEPT))): {"city": NEWER, "phone": NEWER},
    }
    for (user, chosen), expected in table.items():
        found = choose_sources(parts, Lead, {KEPT: kept, NEWER: other}, KEPT, [NEWER], dict(chosen), user)
        assert found == expected


def test_a_record_is_read_with_what_belongs_together(make_lead, make_field, cast, departments, statuses):
    code = make_field("Code").name
    lead = make_lead(
        "Ana Pop", phone="+40 722 123 456", value=10, currency="RON", city="Arad", owner=cast.bob
    )
    plain = make_lead("Bea Rus")
    found = read_values(Lead, [lead.pk])
    assert [*found] == [lead.pk]
    values = found[lead.pk]
    assert values.parts["city"] == "Arad"
    assert values.parts["phone"] == (lead.phone, lead.phone_normal)
    assert values.parts["mobile"] == ("", "")
    assert values.parts["value"] == (10, "RON")
    assert values.parts["owner"] == (cast.bob.pk, departments.sales.pk)
    assert values.parts["status"] == (statuses.new.pk, None, "", None)
    assert (values.pk, values.version, values.tags) == (lead.pk, lead.version, [])
    assert read_values(Lead, [plain.pk])[plain.pk].parts["value"] == (None, plain.currency)
    formula = make_field("Double", "formula", formula="{value} * 2").name
    names = {part.name for part in get_record_parts(Lead)}
    assert code in names
    # What a formula says follows from the other fields.
    assert formula not in names
    assert names.isdisjoint(
        {"id", "department", "currency", "lost_reason", "lost_remark", "next_action", "tags"}
    )
    assert {"client", "client_contact", "known_company", "owner", "shared", "status"} <= names


def test_values_of_custom_fields_are_written_by_themselves(make_lead, make_field):
    """They have no columns of their own."""
    field = make_field("Code")
    kept, other = make_lead(city="Arad"), make_lead(city="Cluj")
    chosen = {kept.pk: {"city": other.pk, field.name: other.pk}}
    with operation("test", by=None):
        write_columns(Lead, get_record_parts(Lead), chosen, {}, {})
    kept.refresh_from_db()
    assert kept.city == "Cluj"
