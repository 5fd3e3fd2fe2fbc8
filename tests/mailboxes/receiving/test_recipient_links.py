"""Links that are the recipient's alone leave the answers that quote them."""

import pytest

from crm.models import Activity
from mailboxes.receiving import recipient_links

HERE = "http://crm.example/m/12.abc-_DEF"
# The text of an answer, and what is kept of it.
TEXTS = {
    "no link": ("Thank you.", "Thank you."),
    "an address": (f"> Unsubscribe:\n> {HERE}/unsubscribe\n> Bye", "> Unsubscribe:\n> \n> Bye"),
    "an address in angle brackets": (f"see <{HERE}/unsubscribe>, bye", "see , bye"),
    "a link with words": (f"> [Unsubscribe]({HERE}/unsubscribe) here", "> Unsubscribe here"),
    "a link with a title": (f'[Unsubscribe]({HERE}/unsubscribe "x")', "Unsubscribe"),
    "two links in a line": (f"[One]({HERE}) and [Two]({HERE}/unsubscribe)", "One and Two"),
    "another page of ours": (
        "http://crm.example/admin/leads/7 and http://crm.example/mm/1",
        "http://crm.example/admin/leads/7 and http://crm.example/mm/1",
    ),
    "another site": ("http://other.example/m/12.abc", "http://other.example/m/12.abc"),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("written", "kept"), TEXTS.values(), ids=TEXTS.keys())
def test_an_answer_loses_the_links_that_were_its_senders_alone(
    deliver, make_lead, settings, monkeypatch, written, kept
):
    settings.SITE_URL = "http://crm.example"
    monkeypatch.setattr(recipient_links, "PATHS", ["/m/"])
    make_lead(email="ana@stranger.example")
    deliver(text=written)
    assert Activity.objects.get().text.strip() == kept
