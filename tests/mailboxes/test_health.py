"""Mailboxes that can't be read, in the health of the start page."""

import pytest

from accounts.models import User
from crm.platform.web.start_page.health import get_problems_and_notes
from mailboxes.models import Mailbox


@pytest.fixture
def broken(db, departments):
    """broken("Office", owner=bob) is a mailbox whose server doesn't respond."""

    def made(name: str, owner: User | None = None, **values) -> Mailbox:
        place = {"owner": owner} if owner else {"department": departments.sales}
        servers = {"imap_host": "imap.example.com", "smtp_host": "smtp.example.com"}
        address = f"{name.lower()}@ours.example"
        given = {"name": name, "address": address, "problem": "imap_slow", **place, **servers}
        return Mailbox.objects.create(**given | values)

    return made


def about_mailboxes() -> list[tuple[str, str]]:
    found = get_problems_and_notes()[0]
    return [(line.text, line.path) for line in found if "ailbox" in line.text]


def test_a_shared_mailbox_with_a_problem_is_named_with_its_page(broken):
    mailbox = broken("Office")
    words = "Mailbox “Office”: The IMAP server didn’t respond in time."
    assert about_mailboxes() == [(words, f"/admin/mailboxes/{mailbox.pk}")]


def test_personal_mailboxes_are_only_counted(broken, bob):
    broken("Bob", owner=bob)
    assert about_mailboxes() == [("1 personal mailbox can’t be read. Only its owner can fix it.", "")]


def test_a_mailbox_that_is_switched_off_is_no_problem(broken):
    broken("Office", active=False)
    assert about_mailboxes() == []


def test_more_than_five_lead_to_the_list(broken):
    for number in range(6):
        broken(f"Office{number}")
    found = about_mailboxes()
    assert len(found) == 6
    assert found[-1] == ("More mailboxes have problems.", "/admin/mailboxes")
