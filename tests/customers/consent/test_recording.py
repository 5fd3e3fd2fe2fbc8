"""Consent of leads and contacts: what counts, who may record it, and how it outlives records."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.models import AuditEntry, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Delete, Purge
from customers.consent import list_filter
from customers.consent.consent_recording import (
    ConsentEntry,
    Source,
    get_or_create_version,
    record_consents_of_email,
    record_consents_of_records,
    withdraw_newsletters,
)
from customers.consent.current_consent import get_current_consents
from customers.consent.merged_emails import get_consents_before_merge
from customers.conversion.conversion_verb import Convert
from customers.models import Consent, ConsentPurpose, ConsentState, ConsentText, Contact
from intake.forms.questions import FormQuestion
from intake.models import Submission
from leads.models import Lead, Unsubscribe
from mailings.models import Suppression
from tests.api.conftest import Program, make_token
from tests.duplicates.conftest import merge
from tests.intake.conftest import make_form, send, visitor  # noqa: F401 - fixtures


@pytest.fixture
def newsletter(db):
    with operation("test", by=None):
        return ConsentPurpose.objects.create(name="Newsletter", is_newsletter=True)


def given(record):
    return [(one.purpose.name, one.is_given) for one in get_current_consents(record)]


def address_of(lead):
    return f"/admin/leads/{lead.pk}/consents"


FORM = {"state": "given", "about": "On the phone", "on": "2026-01-05", "text": ""}


def test_the_newest_consent_of_a_purpose_counts(make_lead, bob, newsletter):
    lead = make_lead(email="ana@omnia.example", owner=bob)
    now = timezone.now()
    record_consents_of_records("lead", [lead.pk], ConsentEntry(newsletter, False, Source.USER, at=now))
    record_consents_of_records(
        "lead", [lead.pk], ConsentEntry(newsletter, True, Source.USER, at=now - timedelta(days=3))
    )
    assert given(lead) == [("Newsletter", False)]
    assert ConsentState.objects.get().given is False
    record_consents_of_records(
        "lead", [lead.pk], ConsentEntry(newsletter, True, Source.USER, at=now + timedelta(seconds=1))
    )
    assert given(lead) == [("Newsletter", True)]
    assert ConsentState.objects.get().given is True
    assert Consent.objects.count() == 3


# What keeps mailings from the address, the consent that is recorded, and what the user reads.
BLOCKS = {
    "a bounced address": ("bounced", "given", True, "couldn’t be delivered, so it gets no mailings."),
    "an address that marked an email as spam": (
        "complained",
        "given",
        True,
        "was marked as spam, so it gets no mailings.",
    ),
    "a suppressed address": ("added", "given", True, "This address is suppressed, so it gets no mailings."),
    "an unsubscribed person": (
        "unsubscribed",
        "given",
        True,
        "they get no mailings until they subscribe again",
    ),
    "nothing": ("", "given", True, ""),
    "a bounced address, and a consent that is withdrawn": ("bounced", "withdrawn", True, ""),
    "a bounced address, and a consent for something else": ("bounced", "given", False, ""),
}


@pytest.mark.parametrize(("block", "state", "of_newsletters", "words"), BLOCKS.values(), ids=BLOCKS)
def test_who_records_a_consent_reads_why_the_person_still_gets_no_mailings(
    block, state, of_newsletters, words, make_lead, bob, newsletter, sign_in
):
    lead = make_lead(email="ana@omnia.example", owner=bob)
    with operation("test", by=None):
        other = ConsentPurpose.objects.create(name="Calls", is_newsletter=False)
        if block == "unsubscribed":
            Unsubscribe.objects.create(email_key="ana@omnia.example")
        elif block:
            Suppression.objects.create(
                address="ana@omnia.example", email_key="ana@omnia.example", reason=block
            )
    purpose = newsletter if of_newsletters else other
    sent = FORM | {"state": state, "purpose": purpose.pk}
    page = sign_in(bob).post(address_of(lead), sent, follow=True)
    # The page of the lead says it too, whatever was recorded.
    told = " ".join(str(message) for message in page.context["messages"])
    assert "Recorded the consent." in told
    assert words in told
    assert ("no mailings" in told) is bool(words)


def test_records_with_the_same_email_share_their_consents(make_lead, make_contact, newsletter):
    lead = make_lead(email="Ana@Omnia.example")
    record_consents_of_records("lead", [lead.pk], ConsentEntry(newsletter, True, Source.USER))
    contact = make_contact("Ana Albu", email="ana@omnia.example")
    contact.refresh_from_db()
    assert given(contact) == [("Newsletter", True)]
    assert given(make_lead(email="ana@omnia.example")) == [("Newsletter", True)]
    assert given(make_lead(email="ion@omnia.example")) == []


def test_a_record_without_an_email_has_consents_that_its_contact_keeps(make_lead, ann, newsletter):
    lead = make_lead("Ana Albu", phone="0722 000 111", owner=ann)
    record_consents_of_records(
        "lead", [lead.pk], ConsentEntry(newsletter, True, Source.USER, about="At the fair", by=ann)
    )
    rows = Lead.objects.present().changeable_by(ann)
    carry_out(Convert(), rows, by=ann, wanted=[lead.pk])
    contact = Contact.objects.get()
    (one,) = get_current_consents(contact)
    assert (one.is_given, one.newest.source, one.newest.about) == (True, "conversion", "At the fair")


def test_a_lead_that_gets_an_email_keeps_what_was_recorded_before(make_lead, newsletter, client, bob):
    lead = make_lead(owner=bob)
    record_consents_of_records("lead", [lead.pk], ConsentEntry(newsletter, True, Source.USER))
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(email="ana@omnia.example")
    lead.refresh_from_db()
    assert given(lead) == [("Newsletter", True)]
    client.force_login(bob)
    assert lead.shown_name in client.get(f"/admin/leads?consent={newsletter.pk}-given").text
    record_consents_of_records("lead", [lead.pk], ConsentEntry(newsletter, False, Source.USER))
    assert lead.shown_name not in client.get(f"/admin/leads?consent={newsletter.pk}-given").text
    assert lead.shown_name in client.get(f"/admin/leads?consent={newsletter.pk}-withdrawn").text


def test_unsubscribing_withdraws_what_was_given_and_nothing_else(make_lead, newsletter):
    with operation("test", by=None):
        ConsentPurpose.objects.create(name="Calls")
    lead = make_lead(email="ana@omnia.example")
    withdraw_newsletters("ana@omnia.example")
    assert not Consent.objects.exists()
    for purpose in ConsentPurpose.objects.all():
        record_consents_of_records("lead", [lead.pk], ConsentEntry(purpose, True, Source.USER))
    withdraw_newsletters("ana@omnia.example", about="Price list")
    assert given(lead) == [("Calls", True), ("Newsletter", False)]


def test_the_list_filters_by_consent(make_lead, make_contact, client, bob, newsletter):
    yes, no = make_lead("Ana Albu", email="a@x.example", owner=bob), make_lead("Ion Pop", owner=bob)
    make_lead("Eva Stone", owner=bob)
    record_consents_of_records("lead", [yes.pk], ConsentEntry(newsletter, True, Source.USER))
    record_consents_of_records("lead", [no.pk], ConsentEntry(newsletter, False, Source.USER))
    client.force_login(bob)
    pages = {
        state: client.get(f"/admin/leads?consent={newsletter.pk}-{state}").text
        for state in ("given", "withdrawn", "none")
    }
    shown = {
        state: [n for n in ("Ana Albu", "Ion Pop", "Eva Stone") if n in text] for state, text in pages.items()
    }
    assert shown == {"given": ["Ana Albu"], "withdrawn": ["Ion Pop"], "none": ["Eva Stone"]}
    make_contact("Mia Ban", email="a@x.example", owner=bob)
    assert "Mia Ban" in client.get(f"/admin/contacts?consent={newsletter.pk}-given").text
    assert "Mia Ban" not in client.get(f"/admin/contacts?consent={newsletter.pk}-none").text


def test_a_user_who_may_change_a_lead_records_a_consent_with_how_it_was_given(
    client, bob, make_lead, newsletter
):
    lead = make_lead(owner=bob, email="ana@omnia.example")
    text = get_or_create_version(newsletter, "en", "I want news.")
    client.force_login(bob)
    assert "Record consent" in client.get(f"/admin/leads/{lead.pk}").text
    sent = {**FORM, "purpose": newsletter.pk, "text": text.pk}
    assert client.post(address_of(lead), sent).status_code == 302
    row = Consent.objects.get()
    assert (row.person, row.given, row.about, row.by, row.text) == (
        "ana@omnia.example", True, "On the phone", bob, text,
    )  # fmt: skip
    assert AuditEntry.objects.filter(kind="consent_recorded").count() == 1
    page = client.get(address_of(lead)).text
    assert "I want news." in page
    assert "On the phone" in page


@pytest.mark.parametrize(
    "wrong", [{"about": ""}, {"on": "2999-01-01"}, {"purpose": "7000000"}, {"text": "0"}]
)
def test_a_wrong_consent_keeps_what_was_typed_and_records_nothing(wrong, client, bob, make_lead, newsletter):
    lead = make_lead(owner=bob)
    client.force_login(bob)
    response = client.post(address_of(lead), {**FORM, "purpose": newsletter.pk, **wrong})
    assert response.status_code == 422
    assert not Consent.objects.exists()


def test_users_who_only_see_a_lead_read_its_consents_and_record_none(client, ben, bob, make_lead, newsletter):
    lead = make_lead(owner=bob, shared=True)
    record_consents_of_records(
        "lead", [lead.pk], ConsentEntry(newsletter, True, Source.USER, about="At the fair")
    )
    client.force_login(ben)
    page = client.get(address_of(lead)).text
    assert "At the fair" in page
    assert "How it was given" not in page
    assert client.post(address_of(lead), {**FORM, "purpose": newsletter.pk}).status_code == 403
    assert Consent.objects.count() == 1


def test_a_text_is_never_changed_and_another_text_is_a_new_version(client, ada, newsletter):
    client.force_login(ada)
    address = f"/admin/consents/{newsletter.pk}/text"
    for text in ("I want news.", "I want news.", "I want news each month."):
        assert client.post(address, {"language": "en", "text": text}).status_code == 302
    assert list(ConsentText.objects.order_by("number").values_list("number", "text")) == [
        (1, "I want news."),
        (2, "I want news each month."),
    ]
    assert client.post(address, {"language": "en", "text": " "}).status_code == 422


def test_the_list_of_purposes_counts_people(client, ada, newsletter, make_lead):
    yes, no = make_lead(email="a@x.example"), make_lead(email="b@x.example")
    record_consents_of_records("lead", [yes.pk], ConsentEntry(newsletter, True, Source.USER))
    record_consents_of_records("lead", [no.pk], ConsentEntry(newsletter, False, Source.USER))
    assert ConsentState.objects.count_by_purpose() == {newsletter.pk: (1, 1)}
    client.force_login(ada)
    assert "Newsletter" in client.get("/admin/consents").text


def test_many_people_are_asked_record_by_record(client, bob, make_lead, newsletter, monkeypatch):
    monkeypatch.setattr(list_filter, "MANY", 0)
    yes, no = make_lead("Ana Albu", email="a@x.example", owner=bob), make_lead("Ion Pop", owner=bob)
    make_lead("Eva Stone", owner=bob)
    record_consents_of_records("lead", [yes.pk], ConsentEntry(newsletter, True, Source.USER))
    record_consents_of_records("lead", [no.pk], ConsentEntry(newsletter, False, Source.USER))
    client.force_login(bob)
    for state, name in (("given", "Ana Albu"), ("withdrawn", "Ion Pop"), ("none", "Eva Stone")):
        text = client.get(f"/admin/leads?consent={newsletter.pk}-{state}").text
        assert [n for n in ("Ana Albu", "Ion Pop", "Eva Stone") if n in text] == [name]


def test_a_purpose_is_added_and_edited_and_the_undo_takes_it_back(client, ada, newsletter):
    client.force_login(ada)
    client.post("/admin/consents/new", {"name": "Calls", "is_newsletter": ""})
    added = ConsentPurpose.objects.get(name="Calls")
    assert client.post("/admin/consents/new", {"name": "calls"}).status_code == 422
    record = Operation.objects.get(kind="add_consent_purpose")
    assert client.post(f"/admin/operations/{record.pk}/undo").status_code == 302
    added.refresh_from_db()
    assert added.retired


def test_a_web_form_records_the_text_that_was_shown_once(make_form, send, newsletter):  # noqa: F811
    asked = FormQuestion("consent", label="I want news from qq.", purpose=newsletter.pk)
    form = make_form(questions=[FormQuestion("last_name"), FormQuestion("email"), asked])
    send(form, last_name="Pop", email="pop@x.example", consent="on")
    row = Consent.objects.get()
    assert (row.person, row.given, row.source, row.about) == ("pop@x.example", True, "form", form.name)
    assert (row.text.text, row.text.number, row.submission) == (
        "I want news from qq.",
        1,
        Submission.objects.get().pk,
    )
    send(form, last_name="Albu", email="albu@x.example")
    assert Consent.objects.count() == 1


def test_programs_read_and_record_consents(make_lead, ann, newsletter):
    program = Program(make_token(ann), "Authorization", "Bearer ")
    lead = make_lead(owner=ann, email="ana@omnia.example")
    address = f"/api/v2/leads/{lead.pk}"
    assert program.get(address)["consents"] == []
    program.patch(address, {"consents": [{"purpose": newsletter.pk, "given": True, "note": "Fair"}]})
    (one,) = program.get(address)["consents"]
    assert (one["purpose"], one["name"], one["given"], one["source"]) == (
        newsletter.pk, "Newsletter", True, "program",
    )  # fmt: skip
    for wrong in (
        [{"purpose": 7_000_000, "given": True}],
        [{"purpose": newsletter.pk}],
        "yes",
        [{"given": True}],
    ):
        program.patch(address, {"consents": wrong}, expect=422)
    assert Consent.objects.count() == 1


@pytest.mark.parametrize("asked", ["", "fields=id,consents", "fields=consents", "expand=owner"])
def test_a_list_has_the_consents_of_each_lead_as_its_own_call_has_them(make_lead, ann, newsletter, asked):
    program = Program(make_token(ann), "Authorization", "Bearer ")
    leads = [make_lead(f"Lead {number}", owner=ann, email=f"l{number}@omnia.example") for number in range(4)]
    for lead in leads[1:3]:
        program.patch(f"/api/v2/leads/{lead.pk}", {"consents": [{"purpose": newsletter.pk, "given": True}]})

    def ask(path: str) -> str:
        """With some fields only, it isn't what the schema says."""
        return program.client.get(path, headers=program.headers).text

    listed = ask(f"/api/v2/leads?{asked}")
    for lead in leads:
        assert ask(f"/api/v2/leads/{lead.pk}?{asked}") in listed
    assert listed.count('"purpose"') == 2


def test_consents_go_with_the_last_record_of_their_person(make_lead, ada, newsletter):
    first, second = (make_lead(owner=ada, email="ana@omnia.example") for _ in range(2))
    record_consents_of_email("ana@omnia.example", ConsentEntry(newsletter, True, Source.USER))
    for lead, left in ((first, 1), (second, 0)):
        for verb, rows in ((Delete(), Lead.objects.present()), (Purge(), Lead.objects.all())):
            carry_out(verb, rows.changeable_by(ada), by=ada, wanted=[lead.pk])
        assert Consent.objects.count() == left
    assert not ConsentState.objects.exists()


def test_consents_of_an_email_that_a_merge_replaced_are_shown_on_the_kept_record_until_it_is_undone(
    make_lead, ann, newsletter, sign_in
):
    emails = ("ana@omnia.example", "ana@home.example", "ana@old.example")
    one, two, three = (make_lead("Ana Albu", email=email) for email in emails)
    for lead in (one, two, three):
        record_consents_of_records(
            "lead", [lead.pk], ConsentEntry(newsletter, True, Source.USER, about=f"Asked by {lead.email}")
        )
    merge(ann, two.pk, [three.pk], email=two.pk)
    merged = merge(ann, one.pk, [two.pk], email=two.pk).operation
    one.refresh_from_db()
    assert set(get_consents_before_merge(one)) == {"ana@omnia.example", "ana@old.example"}
    assert given(one) == [("Newsletter", True)]
    page = sign_in(ann).get(address_of(one)).text
    assert all(f"Asked by {email}" in page for email in emails)
    assert "Before the merge: ana@old.example" in page
    assert address_of(one) in sign_in(ann).get(one.get_absolute_url()).text
    revert_operation(merged, by=ann)
    one.refresh_from_db()
    assert get_consents_before_merge(one) == {}
