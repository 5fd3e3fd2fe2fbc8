"""API v2 changes mailing lists and the suppression list as their pages do: the same rows, operations and refusals."""

import pytest

from crm.models import Operation
from crm.records.history.verb_execution import operation
from mailings.models import MailingList, Suppression
from mailings.models.mailing_list import ListUnsubscribe
from tests.mailings.api.page_and_call import carry_out_by_call, carry_out_by_page

pytestmark = pytest.mark.django_db
LISTS, SUPPRESSED = "/api/v2/mailing-lists", "/api/v2/suppressed-addresses"
PAGES = "/admin/mailings"


@pytest.fixture
def rows():
    with operation("test", by=None):
        offers = MailingList.objects.create(name="Offers", description="Prices")
        old = MailingList.objects.create(name="Old", retired=True)
        address = Suppression.objects.create(address="Ana@a.example", email_key="ana@a.example")
    ListUnsubscribe.objects.create(list=offers, email_key="jan@a.example")
    return {"offers": offers, "old": old, "address": address}


# The list or "" for a new one, what the page sends, and what a program sends.
LIST_CHANGES = {
    "a new one": ("", {"name": "News"}, {"name": "News"}),
    "with a description": (
        "",
        {"name": "News", "description": "Monthly"},
        {"name": "News", "description": "Monthly"},
    ),
    "without a name": ("", {}, {}),
    "a name in use": ("", {"name": "offers"}, {"name": "offers"}),
    "the name of a retired one": ("", {"name": "Old"}, {"name": "Old"}),
    "a long name": ("", {"name": "x" * 81}, {"name": "x" * 81}),
    "another name": (
        "offers",
        {"name": "  Our   offers", "description": "Prices"},
        {"name": "  Our   offers"},
    ),
    "retired": ("offers", {"name": "Offers", "description": "Prices", "retired": "on"}, {"retired": True}),
    "in use again": ("old", {"name": "Old"}, {"retired": False}),
    "no description": ("offers", {"name": "Offers"}, {"description": ""}),
    "nothing": ("offers", {"name": "Offers", "description": "Prices"}, {}),
}


@pytest.mark.parametrize("case", LIST_CHANGES)
def test_a_mailing_list_is_added_and_changed_as_on_its_page(case, rows, ada, sign_in, umbra):
    name, by_hand, body = LIST_CHANGES[case]
    one = f"/{rows[name].pk}" if name else ""
    page = carry_out_by_page(sign_in(ada), f"{PAGES}/lists{one or '/new'}", by_hand)
    call = carry_out_by_call(umbra(ada), "PATCH" if name else "POST", f"{LISTS}{one}", body)
    assert call == page


# What the page sends, and what a program sends.
ADDRESSES = {
    "an address": {"address": "Jan@a.example"},
    "with a note": {"address": "jan@a.example", "note": "by phone"},
    "one that is on the list": {"address": "ANA@a.example"},
    "not an address": {"address": "jan@a"},
    "a long note": {"address": "jan@a.example", "note": "x" * 300},
}


@pytest.mark.parametrize("case", ADDRESSES)
def test_an_address_is_suppressed_as_on_the_page(case, rows, ada, sign_in, umbra):
    page = carry_out_by_page(sign_in(ada), f"{PAGES}/suppressed", ADDRESSES[case])
    assert carry_out_by_call(umbra(ada), "POST", SUPPRESSED, ADDRESSES[case]) == page


def test_an_address_is_removed_as_on_the_page(rows, ada, sign_in, umbra):
    pk = rows["address"].pk
    page = carry_out_by_page(sign_in(ada), f"{PAGES}/suppressed/{pk}/delete", {})
    assert carry_out_by_call(umbra(ada), "DELETE", f"{SUPPRESSED}/{pk}") == page
    assert page.stored["Suppression"] == []
    assert "suppression_removed" in page.stored["audit log"]


def test_a_list_says_how_many_have_left_it(rows, ada, umbra):
    program = umbra(ada)
    listed = program.get(LISTS)["mailing_lists"]
    assert [(row["name"], row["unsubscribed"], row["retired"]) for row in listed] == [
        ("Offers", 1, False),
        ("Old", 0, True),
    ]
    assert program.get(f"{LISTS}/{rows['offers'].pk}") == listed[0]
    assert program.last["ETag"] == f'"{listed[0]["version"]}"'
    program.patch(f"{LISTS}/{rows['offers'].pk}", {"name": "X"}, expect=412, **{"If-Match": '"9"'})
    assert MailingList.objects.get(pk=rows["offers"].pk).name == "Offers"


def test_suppressed_addresses_are_found_and_read_in_pages(rows, ada, umbra):
    program = umbra(ada)
    for number in range(3):
        program.post(SUPPRESSED, {"address": f"a{number}@b.example"}, expect=201)
    made = Suppression.objects.get(address="a2@b.example")
    assert program.last["Location"] == f"{SUPPRESSED}/{made.pk}"
    first = program.get(f"{SUPPRESSED}?limit=2")
    assert [row["address"] for row in first["suppressed_addresses"]] == ["a2@b.example", "a1@b.example"]
    rest = program.get(f"{SUPPRESSED}?limit=2&before={first['next']}")
    assert [row["address"] for row in rest["suppressed_addresses"]] == ["a0@b.example", "Ana@a.example"]
    assert rest["next"] is None
    found = program.get(f"{SUPPRESSED}?find=ana")["suppressed_addresses"]
    assert [(row["address"], row["reason"]) for row in found] == [("Ana@a.example", "added")]


def test_suppressing_can_be_undone_and_a_repeated_call_adds_nothing(rows, ada, umbra):
    program, key = umbra(ada), {"Idempotency-Key": "1"}
    made = program.post(SUPPRESSED, {"address": "jan@a.example"}, expect=201, **key)
    assert program.post(SUPPRESSED, {"address": "jan@a.example"}, expect=201, **key) == made
    assert (made["user"], Operation.objects.get(pk=made["operation"]).channel) == (ada.pk, "api")
    program.post(f"/api/v2/operations/{made['operation']}/undo", {})
    program.get(f"{SUPPRESSED}/{made['id']}", expect=404)
    gone = program.delete(f"{SUPPRESSED}/{rows['address'].pk}")
    program.post(f"/api/v2/operations/{gone['operation']}/undo", {})
    assert Suppression.objects.get().address == "Ana@a.example"


def test_each_call_takes_the_right_of_the_token_and_the_permission_of_its_user(rows, ada, ann, umbra):
    others = ["mailing_lists.get", "suppressed_addresses.get", "settings_lists.put", "settings_lists.post"]
    # Ann may add addresses to the suppression list.
    for user, rights, adding in ((ada, others, 403), (ann, None, 201)):
        program = umbra(user, rights)
        program.patch(f"{LISTS}/{rows['offers'].pk}", {"name": "X"}, expect=403)
        program.post(LISTS, {"name": "X"}, expect=403)
        program.post(SUPPRESSED, {"address": "x@a.example"}, expect=adding)
        program.delete(f"{SUPPRESSED}/{rows['address'].pk}", expect=403)
    assert Suppression.objects.count() == 2
