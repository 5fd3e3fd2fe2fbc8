"""The personal emails that rules write: their text, their thread, and the address that they come from."""

import pytest

from crm.models import Activity, EmailEnvelope, Template
from crm.records.history.verb_execution import operation
from crm.work.emails.email_verbs import write_letters
from crm.work.emails.thread_index import get_conversation
from leads.models import Lead
from mailings.content.rule_letters import LetterWriter, Wording, fill_template, read_records_to_fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def jan(make_lead, ada):
    return make_lead("Jan Novák", email="jan@example.cz", company="*ACME*", owner=ada)


def send(by, record, *texts: str) -> list[Activity]:
    """Emails that go on in the thread of the first one."""
    writer, sent = LetterWriter(by, "own"), []
    for text in texts:
        letter = writer.write_letter(record, Wording("Your question", text), sent[-1] if sent else None)
        with operation("test", by=by):
            (pk,) = write_letters([(record.pk, letter)], "lead", outcome="sent")
        sent.append(Activity.objects.select_related("envelope").get(pk=pk))
    return sent


def test_a_template_is_filled_with_the_record_the_author_and_the_signature(ada, jan):
    ada.signature = "Ada\r\nExample Ltd"
    template = Template(
        type="email", subject="For {company}", text="Dear {first_name},\n\nfor {company}. {me}"
    )
    wording = fill_template(template, jan, ada)
    assert wording.subject == "For *ACME*"
    assert wording.text == "Dear Jan,\n\nfor \\*ACME\\*. Ada\n\nAda\nExample Ltd"


def test_the_first_email_begins_a_thread_and_each_later_one_goes_on_in_it(ada, jan):
    first, second, third = send(ada, jan, "One", "Two", "Three")
    assert [one.subject for one in (first, second, third)] == ["Your question"] + ["Re: Your question"] * 2
    assert first.envelope.references_list == []
    assert second.envelope.references_list == [first.message_id]
    assert third.envelope.references_list == [first.message_id, second.message_id]
    conversations = {get_conversation(one.envelope.thread_index) for one in (first, second, third)}
    assert len(conversations) == 1
    assert "" not in conversations


def test_the_thread_of_an_email_that_has_no_thread_index_gets_none_in_the_middle(ada, jan):
    (first,) = send(ada, jan, "One")
    EmailEnvelope.objects.filter(activity=first).update(thread_index="")
    first = Activity.objects.select_related("envelope").get(pk=first.pk)
    letter = LetterWriter(ada, "own").write_letter(jan, Wording("x", "y"), first)
    assert letter.envelope["thread_index"] == ""


def test_the_message_id_has_the_domain_of_the_mailbox_that_was_asked_for(ada, jan, monkeypatch):
    from crm.work.emails import mime_messages

    def find(table, pk, author):
        return [
            mime_messages.SendingRoute(None, f"x@{key}.example", "", {}, key) for key in ("own", "shared")
        ]

    monkeypatch.setattr(mime_messages, "ROUTES", [find])
    letter = LetterWriter(ada, "shared").write_letter(jan, Wording("x", "y"))
    assert letter.message_id.endswith("@shared.example>")


def test_what_merge_fields_read_is_read_for_all_records_at_once(ada, jan, django_assert_num_queries):
    template = Template(type="email", subject="{owner}", text="{company}")
    with django_assert_num_queries(1):
        rows = read_records_to_fill(Lead.objects.all())
        assert [fill_template(template, one, ada).subject for one in rows] == ["Ada"]
