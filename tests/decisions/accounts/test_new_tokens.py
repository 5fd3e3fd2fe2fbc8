"""What a new token may do, from where and how long, by whom it is created and for whom."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from accounts.tokens.forms import TokenForm, describe_rights
from crm.models import Token
from crm.records.history.verb_execution import operation

pytestmark = pytest.mark.django_db


def fill_in(by: User, instance: Token | None = None, **values: Any) -> TokenForm:
    sent = {"name": "Website", "calls_a_minute": 60, "rights": ["leads.get"], **values}
    data = QueryDict(mutable=True)
    for name, value in sent.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return TokenForm(data, instance=instance, by=by)


def get_errors(form: TokenForm) -> dict[str, list[str]]:
    return {name: [str(one) for one in found] for name, found in form.errors.items()}


# Ada creates it for this user, with these rights; the rights that the user doesn't have.
RIGHTS = {
    "all that a rep may do": ("bob", ["leads.get", "leads.search", "leads.post", "leads.put"], ""),
    "one that a rep may not do": ("bob", ["leads.get", "leads.delete"], "Leads: delete"),
    "one that the administrator may do": ("ada", ["leads.delete"], ""),
    "two that a rep may not do": (
        "bob", ["leads.delete", "companies.delete", "companies.get"], "Leads: delete; Companies: delete",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "rights", "beyond"), RIGHTS.values(), ids=RIGHTS)
def test_a_token_may_do_what_its_user_may_do(name, rights, beyond, cast, ada):
    user = getattr(cast, name)
    form = fill_in(ada, user=user.pk, rights=rights)
    words = f"{user.name} doesn’t have these permissions, so the token can’t have them either: {beyond}."
    assert get_errors(form) == ({"rights": [words]} if beyond else {})
    # So it is for a token that is there already, whose user stays.
    kept = fill_in(ada, Token(user=user), rights=rights)
    assert "user" not in kept.fields
    assert get_errors(kept) == ({"rights": [words]} if beyond else {})
    assert kept.get_user_id() == user.pk


# By whom, for whom, for which department; and whether it may be.
DEPARTMENTS = {
    "a department of the user": ("ada", "bob", "sales", True),
    "another department": ("ada", "bob", "export", False),
    "any department, for a user who sees all": ("ada", "sofia", "export", True),
    "none": ("ada", "bob", "", True),
}


@pytest.mark.parametrize(("by", "name", "place", "may"), DEPARTMENTS.values(), ids=DEPARTMENTS)
def test_for_which_department_a_token_may_be(by, name, place, may, cast, departments):
    user = getattr(cast, name)
    department = getattr(departments, place).pk if place else ""
    form = fill_in(getattr(cast, by), user=user.pk, department=department)
    assert get_errors(form) == ({} if may else {"department": [f"{user.name} isn’t in this department."]})


def test_for_whom_a_token_can_be_created(cast, departments):
    def get_offered(by: User) -> set[str]:
        return {user.name for user in TokenForm(by=by).fields["user"].queryset}

    assert {"Ada", "Bob", "Dan"} <= get_offered(cast.ada)
    # A manager gives none to those with more permissions or of another department.
    assert get_offered(cast.ann) == {"Ann", "Bob", "Ben", "Oscar"}
    with operation("test", by=None):
        User.objects.filter(pk=cast.ben.pk).update(is_active=False)
    assert get_offered(cast.ann) == {"Ann", "Bob", "Oscar"}
    assert list(TokenForm(by=cast.ann).fields["department"].queryset) == [departments.sales]
    assert TokenForm(by=cast.ann).initial["user"] == cast.ann.pk
    assert TokenForm(by=cast.ann, initial={"user": cast.bob.pk}).initial["user"] == cast.bob.pk
    form = fill_in(cast.ann, rights=["leads.delete"])
    assert form.errors.keys() == {"user"}
    assert form.get_user_id() is None


ADDRESSES = {
    "": [],
    "203.0.113.7": ["203.0.113.7"],
    " 203.0.113.7,203.0.113.0/24 ; 2001:db8::1 ": ["203.0.113.7", "203.0.113.0/24", "2001:db8::1"],
    "203.0.113.9/24": ["203.0.113.0/24"],
    "2001:db8::/32": ["2001:db8::/32"],
    "2001:db8::7/128": ["2001:db8::7"],
    "203.0.113.7/32": ["203.0.113.7"],
    "10.0.0.1\n10.0.0.2": ["10.0.0.1", "10.0.0.2"],
    "10.0.0.1, nowhere": None,
    "10.0.0.256": None,
}


@pytest.mark.parametrize(("text", "found"), ADDRESSES.items())
def test_from_which_addresses_a_token_works(text, found, ada):
    form = fill_in(ada, user=ada.pk, addresses=text)
    if found is None:
        assert form.errors.keys() == {"addresses"}
    else:
        assert get_errors(form) == {}
        assert form.cleaned_data["addresses"] == found


@pytest.mark.parametrize(
    ("day", "may"), [("", True), ("2026-11-25", False), ("2026-11-26", True), ("2026-11-27", True)]
)
def test_the_last_day_is_today_or_later(day, may, ada, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 26, 12, tzinfo=UTC))
    form = fill_in(ada, user=ada.pk, expires_on=day)
    assert get_errors(form) == ({} if may else {"expires_on": ["Choose today or a later date."]})


def test_rights_are_named_by_resource_in_the_order_of_the_form():
    rights = ["companies.get", "leads.put", "leads.get", "nothing.get"]
    assert describe_rights(rights) == "Leads: read, change; Companies: read"
    assert describe_rights([]) == ""


def test_the_grid_has_a_box_for_each_right_that_there_is(ada):
    grid = {resource.name: boxes for resource, boxes in TokenForm(by=ada).build_permission_grid()}
    assert [(name, chosen) for name, _label, chosen in grid["leads"]] == [
        ("leads.get", True), ("leads.search", True), ("leads.post", True), ("leads.put", True), ("leads.delete", False),
    ]  # fmt: skip
    read_only = [name for name, _label, _chosen in grid["users"]]
    assert read_only == ["users.get", "", "", "", ""]


def test_of_a_long_address_the_beginning_is_named(ada):
    (said,) = get_errors(fill_in(ada, user=ada.pk, addresses="x" * 80))["addresses"]
    assert said.startswith(f"{'x' * 50} isn’t an IP address")
