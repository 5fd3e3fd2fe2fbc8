"""Which addresses of a mailbox name a record or a user: those that Leadwell has signed."""

import pytest
from django.test import override_settings

from crm.records.history.verb_execution import operation
from mailboxes.models import Mailbox
from mailboxes.receiving.signed_addresses import (
    BCC,
    build_signed_address,
    get_bcc_address,
    parse_signed_addresses,
)

MAILBOX = Mailbox(address="Sales@ours.example")


def sign(name: str = "lead", pk: int = 12, *, address: str = MAILBOX.address, key: str = "") -> str:
    with override_settings(**({"SECRET_KEY": key} if key else {})):
        return build_signed_address(Mailbox(address=address), name, pk)


def forge(address: str) -> str:
    """With another number, and the mark of the first one."""
    return address.replace("+lead-12-", "+lead-13-")


# Addresses of an email, and what those of MAILBOX name.
ADDRESSES = {
    "a record": ([sign()], [("lead", 12)]),
    "a user": ([sign(BCC, 3)], [(BCC, 3)]),
    "in capitals": ([sign().upper()], [("lead", 12)]),
    "two records among others": (["a@b.example", sign(), "a", sign("contact", 5)], [("lead", 12), ("contact", 5)]),
    "with an older key": ([sign(key="older")], [("lead", 12)]),
    "with another key": ([sign(key="another")], []),
    "with the mark of another record": ([forge(sign())], []),
    "without a mark": (["sales+lead-12@ours.example"], []),
    "of another mailbox": ([sign(address="more@ours.example")], []),
    "of a mailbox that begins alike": ([sign(address="sales2@ours.example")], []),
    "of another domain": ([sign(address="sales@theirs.example")], []),
    "the mailbox": (["sales@ours.example"], []),
    "none": ([], []),
}  # fmt: skip


@pytest.mark.parametrize(("addresses", "named"), ADDRESSES.values(), ids=ADDRESSES)
@override_settings(SECRET_KEY_FALLBACKS=["older"])
def test_what_addresses_name(addresses, named):
    assert list(parse_signed_addresses(addresses, MAILBOX)) == named


@pytest.mark.django_db
def test_the_address_for_blind_copies_is_that_of_the_first_mailbox_of_the_users_departments(bob, departments):
    assert get_bcc_address(bob) == ""
    made = {}
    with operation("test", by=None):
        for name, department, more in (
            ("export", departments.export, {}),
            ("plain", departments.sales, {"plus_addresses": False}),
            ("gone", departments.sales, {"secret": ""}),
            ("sales", departments.sales, {}),
            ("later", departments.sales, {}),
        ):
            values = {"department": department, "secret": "x", "plus_addresses": True, **more}
            made[name] = Mailbox.objects.create(name=name, address=f"{name}@ours.example", **values)
            if name == "export":
                assert get_bcc_address(bob) == build_signed_address(made["export"], BCC, bob.pk)
    assert get_bcc_address(bob) == build_signed_address(made["sales"], BCC, bob.pk)
