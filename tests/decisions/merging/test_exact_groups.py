"""Which records a merge by a rule puts into one group, which groups it leaves out and why, and which record it keeps."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from crm.records.history.verb_execution import operation
from customers.models import Company
from duplicates.exact import group_search
from duplicates.exact.group_search import store_found_groups
from duplicates.models import MergePlan
from duplicates.verbs import mark_as_different
from leads.models import Lead

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 5, 12, tzinfo=UTC)


def plan(user: User, match: str, keep: str = "oldest") -> MergePlan:
    found = MergePlan(user=user, match=match, keep=keep)
    found.save()
    store_found_groups(found, lambda done, total: None)
    return found


def names_of(found: MergePlan) -> list[list[str]]:
    names = dict(Lead.objects.values_list("pk", "last_name"))
    return [[names[pk] for pk, _version in group] for group in found.groups]


# By the name of a lead its email, phone, and first name; the rule; and the groups.
ALIKE: dict[str, tuple[str, dict[str, tuple[str, str, str]], list[list[str]]]] = {
    "the same email": ("lead-email", {"A": ("x@a.example", "", ""), "B": ("X@A.example", "", "")}, [["A", "B"]]),
    "other emails": ("lead-email", {"A": ("x@a.example", "", ""), "B": ("y@a.example", "", "")}, []),
    "no emails": ("lead-email", {"A": ("", "", ""), "B": ("", "", "")}, []),
    "the same phone": ("lead-phone", {"A": ("", "+40722111222", ""), "B": ("", "+40722111222", "")}, [["A", "B"]]),
    "no phones": ("lead-phone", {"A": ("x@a.example", "", ""), "B": ("x@a.example", "", "")}, []),
    "the same email with other names": ("lead-email-name", {"A": ("x@a.example", "", ""), "B": ("x@a.example", "", "")}, []),
    "two groups": (
        "lead-email",
        {"A": ("x@a.example", "", ""), "B": ("y@a.example", "", ""), "C": ("x@a.example", "", ""), "D": ("y@a.example", "", "")},
        [["A", "C"], ["B", "D"]],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("match", "leads", "groups"), ALIKE.values(), ids=ALIKE)
def test_which_records_are_one_group(match, leads, groups, ann, make_lead):
    for name, (email, phone, first) in leads.items():
        normal = {"phone": phone, "phone_normal": phone}
        make_lead(name, owner=ann, email=email, first_name=first, last_name=name, **normal)
    found = plan(ann, match)
    assert names_of(found) == groups
    assert (found.found, found.skipped) == (len(groups), {})


def test_the_domain_of_free_mailboxes_is_no_company(ada, make_company):
    for name, domain in (
        ("A", "gmail.com"),
        ("B", "gmail.com"),
        ("C", "omnia.example"),
        ("D", "omnia.example"),
    ):
        make_company(name, domain=domain)
    found = plan(ada, "company-domain")
    names = dict(Company.objects.values_list("pk", "name"))
    assert [[names[pk] for pk, _version in group] for group in found.groups] == [["C", "D"]]


@pytest.fixture
def three(make_lead, ann):
    return [make_lead(name, owner=ann, email="x@a.example", last_name=name) for name in "ABC"]


def _without_first(nodes: list[Any], user: User, *, changeable: bool = False) -> set[Any]:
    return {*nodes[1:]} if changeable else {*nodes}


# What is so of three leads with the same email, and why they aren't merged.
SKIPPED = {
    "nothing": ("", {}),
    "two of them are different": ("apart", {"different": 1}),
    "one of them is different from another lead": ("other", {}),
    "as many as may be": ("three", {}),
    "one more than may be": ("two", {"large": 1}),
    "no more groups in this plan": ("none", {"later": 1}),
    "one is in Trash": ("trash", {}),
    "one is a colleague's whom the user sees": ("fixed", {"fixed": 1}),
}


@pytest.mark.parametrize(("what", "skipped"), SKIPPED.values(), ids=SKIPPED)
def test_why_a_group_is_not_merged(what, skipped, three, ann, make_lead, monkeypatch):
    other, user = make_lead("Other", owner=ann, email="o@a.example", last_name="O"), ann
    limits = {"three": ("LARGEST", 3), "two": ("LARGEST", 2), "none": ("MOST", 0)}
    if what in limits:
        monkeypatch.setattr(group_search, *limits[what])
    elif what in ("apart", "other"):
        one, another = three[0], three[2] if what == "apart" else other
        mark_as_different([("lead", one.pk), ("lead", another.pk)], by=ann)
    elif what == "trash":
        with operation("test", by=None):
            Lead.objects.filter(pk=three[0].pk).update(deleted_at=START)
    elif what == "fixed":
        monkeypatch.setattr(group_search, "get_visible_nodes", _without_first)
    found = plan(user, "lead-email")
    expected: list[list[str]] = [] if skipped else [["B", "C"] if what == "trash" else ["A", "B", "C"]]
    assert (names_of(found), found.skipped, found.found) == (expected, skipped, 1)


# Which record is kept, and when each was made, in days, and how many fields more it has.
KEPT: dict[str, tuple[str, dict[str, tuple[int, int]], str]] = {
    "the oldest": ("oldest", {"A": (2, 2), "B": (0, 0), "C": (1, 1)}, "B"),
    "the oldest of the same moment, by its number": ("oldest", {"A": (1, 0), "B": (1, 2), "C": (1, 1)}, "A"),
    "the newest": ("newest", {"A": (1, 2), "B": (0, 0), "C": (2, 1)}, "C"),
    "the newest of the same moment, by its number": ("newest", {"A": (1, 2), "B": (1, 1), "C": (1, 0)}, "C"),
    "the most complete": ("fullest", {"A": (0, 0), "B": (2, 2), "C": (1, 1)}, "B"),
    "of equally complete ones the oldest": ("fullest", {"A": (2, 1), "B": (1, 1), "C": (0, 0)}, "B"),
    "of equal ones the first": ("fullest", {"A": (1, 0), "B": (1, 1), "C": (1, 1)}, "B"),
}


@pytest.mark.parametrize(("keep", "leads", "kept"), KEPT.values(), ids=KEPT)
def test_which_record_is_kept(keep, leads, kept, three, ann):
    for lead in three:
        days, fields = leads[lead.last_name]
        values: dict[str, Any] = dict(list({"city": "Cluj", "company": "Omnia"}.items())[:fields])
        with operation("test", by=None):
            Lead.objects.filter(pk=lead.pk).update(created_at=START + timedelta(days=days), **values)
    ((first, *others),) = names_of(plan(ann, "lead-email", keep))
    assert first == kept
    assert others == [name for name in "ABC" if name != kept]
