"""Writing a mailing: the form with its preview, warnings, templates, attachments and the test email."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from leads.models import Lead, LeadValues
from mailings.content.content_checks import get_blocking_problems
from mailings.content.email_content import FileGone, build_mailing_email
from mailings.content.merge_fields import MergeFields
from mailings.content.trial_email import send_own_copy
from mailings.models import Mailing, MailingFile, MailingTemplate
from tests.crm.work.activities.attaching import place_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(make_lead, bob):
    return make_lead("Ana Pop", owner=bob, email="ana@omnia.example", company="Omnia")


@pytest.fixture
def jan(make_lead, bob):
    return make_lead("Novák", owner=bob, email="jan@omnia.example", company="")


@pytest.fixture
def mailing(make_mailing, ana, jan):
    return make_mailing(ids=[ana.pk, jan.pk])


@pytest.fixture
def write(mailing, ann, sign_in):
    """write(text="…", …) posts the form of the mailing as a manager of its department."""
    browser = sign_in(ann)

    def posted(**values):
        mailing.refresh_from_db()
        given = {
            "subject": "News",
            "text": "Hello {first_name|there}",
            "language": "en",
            "version": mailing.version,
        }
        return browser.post(path_of(mailing), given | values)

    return posted


def path_of(mailing: Mailing) -> str:
    return f"/admin/mailings/{mailing.pk}/content"


def test_the_content_of_a_draft_is_saved_as_an_operation_and_undone(write, mailing, ann):
    answer = write(
        subject="Autumn", preheader="New prices", text="Dear {first_name|friend},\r\n\r\nhello", language="ro"
    )
    assert answer.status_code == 302
    mailing.refresh_from_db()
    assert (mailing.subject, mailing.text, mailing.language) == (
        "Autumn",
        "Dear {first_name|friend},\n\nhello",
        "ro",
    )
    revert_operation(Operation.objects.get(kind="edit_mailing_content"), by=ann)
    mailing.refresh_from_db()
    assert mailing.subject == "News"


def test_a_merge_field_with_two_braces_is_the_same_field_and_one_of_another_program_is_refused(
    write, mailing
):
    assert write(text="Hello {{first_name}}").status_code == 302
    answer = write(text="Hello {{contact.firstname}}")
    assert answer.status_code == 422
    assert "There is no merge field {contact.firstname}." in answer.text


def test_an_unknown_merge_field_is_refused_and_keeps_what_was_typed(write, mailing):
    answer = write(text="Hello {firstname}", subject="Kept qq")
    assert answer.status_code == 422
    assert "There is no merge field {firstname}." in answer.text
    assert "Kept qq" in answer.text
    mailing.refresh_from_db()
    assert mailing.text == "Hello {first_name|there}"


def test_enter_in_a_field_shows_the_preview_and_neither_inserts_a_template_nor_sends(sign_in, ann, mailing):
    page = sign_in(ann).get(f"/admin/mailings/{mailing.pk}/content").text
    first = re.search(r"<button[^>]*", page.partition('id="content"')[2])[0]
    assert 'name="preview" value="1"' in first


def test_a_subject_has_one_line(write):
    answer = write(subject="News\r\nBcc: evil@x.example")
    assert answer.status_code == 422
    assert "Remove the line breaks." in answer.text


def test_a_file_is_no_merge_field(make_field, ann):
    make_field("Contract", "file")
    make_field("Contract end", "date")
    assert {"contract", "contract_end"} & set(MergeFields(["lead"], ann).labels) == {"contract_end"}


def test_a_custom_field_is_written_by_its_label_and_stored_by_its_key(write, mailing, make_field):
    field = make_field("Contract end", "date")
    write(text="Until {contract_end|soon}")
    mailing.refresh_from_db()
    assert mailing.text == f"Until {{{field.name}|soon}}"
    assert "Until {contract_end|soon}" in write(preview="1", text="Until {contract_end|soon}").text


def test_the_preview_shows_what_was_typed_for_the_chosen_recipient(write, mailing, ana, jan):
    page = write(preview="1", text="Hi {company|all}!", find="jan@omnia.example").text
    assert "Hi all!" in page
    page = write(preview="1", text="Hi {company|all}!", find=str(ana.pk)).text
    assert "Hi Omnia!" in page
    mailing.refresh_from_db()
    assert mailing.text == "Hello {first_name|there}"


def test_the_preview_may_run_and_load_nothing(write):
    answer = write(preview="1")
    assert '<iframe sandbox=""' in answer.text
    assert "default-src &#x27;none&#x27;" in answer.text
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "'sha256-" in answer["Content-Security-Policy"]


def test_a_user_previews_only_recipients_that_they_see(
    make_mailing, someone_with, sign_in, make_lead, make_user_lead=None
):
    eve = someone_with("view_mailing", "view_lead", "see_own")
    hidden = make_lead("Hidden qq", email="hidden@x.example")
    mailing = make_mailing("Hello {last_name}", by=eve, ids=[hidden.pk])
    browser = sign_in(eve)
    page = browser.post(path_of(mailing), {"preview": "1", "find": "hidden@x.example", "version": "1"}).text
    assert "Hidden qq" not in page
    assert "No recipient visible to you" in page


def test_missing_values_are_counted(write):
    page = write(preview="1", text="{company} {first_name|there} {owner}").text
    assert "1 recipient has no value for “company”" in page
    assert "“first name”" not in page
    assert "“owner”" not in page


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("www.shop.example", "leads nowhere"),
        ("https://shop", "misspelled"),
        ("https://https://shop.example", "misspelled"),
        ("mailto:sales", "no email address"),
        ("javascript:alert", "leads nowhere"),
        ("#top", "leads nowhere"),
    ],
)
def test_a_link_that_cannot_work_is_pointed_out(write, link, words):
    assert words in write(preview="1", text=f'<a href="{link}">x</a>').text


def test_good_links_are_not_pointed_out(write):
    text = "[a](https://shop.example/ă?x=1) [b](mailto:a@x.example?subject=y) [c](tel:+40721) [d](https://x.example/{email})"
    page = write(preview="1", text=text).text
    assert "misspelled" not in page
    assert "leads nowhere" not in page


def test_two_users_do_not_overwrite_each_other(write, mailing):
    write(text="First")
    answer = write(text="Second", version=1)
    assert answer.status_code == 422
    assert "has changed since you opened the page" in answer.text
    mailing.refresh_from_db()
    assert mailing.text == "First"


def test_only_a_draft_can_be_changed(write, mailing, ann):
    with operation("test", by=None):
        Mailing.objects.filter(pk=mailing.pk).update(state="scheduled")
    write(subject="Later")
    mailing.refresh_from_db()
    assert mailing.subject == "News"


def test_a_template_is_inserted_without_saving(write, mailing):
    with operation("test", by=None):
        template = MailingTemplate.objects.create(
            name="Autumn", folder="2026", subject="Prices", text="Our prices"
        )
    page = write(insert="1", template=template.pk, subject="", text="Typed qq").text
    assert "Typed qq" in page
    assert "Our prices" in page
    assert 'value="Prices"' in page
    mailing.refresh_from_db()
    assert mailing.text == "Hello {first_name|there}"


def test_a_test_email_goes_only_to_its_writer(write, mailing, ann, post_office):
    assert write(test="1", text="Hi {company}", find="ana@omnia.example").status_code == 302
    send_own_copy(mailing_id=mailing.pk, user_id=ann.pk, record="ana@omnia.example")
    (message,) = post_office
    assert message["To"] == ann.email
    assert "Hi Omnia" in message.get_payload()[0].get_payload(decode=True).decode()
    assert not mailing.deliveries.exists()


def test_a_company_mailing_is_previewed_for_its_contacts(
    make_mailing, make_company, make_contact, ann, sign_in
):
    omnia = make_company("Omnia qq")
    make_contact("Ana Albu", company=omnia, email="ana@omnia.example")
    mailing = make_mailing("Hello {first_name} of {company}", of="company", ids=[omnia.pk])
    assert "Hello Ana of Omnia qq" in sign_in(ann).get(path_of(mailing)).text


def test_a_mailing_of_a_saved_view_is_previewed_for_what_it_finds_now(make_mailing, ana, jan, ann, sign_in):
    mailing = make_mailing("Hello {last_name}", ids=None, query="q=Omnia")
    page = sign_in(ann).get(path_of(mailing)).text
    assert "Hello Pop" in page
    assert Lead.objects.count() == 2


def test_a_preview_shows_no_value_of_a_field_that_its_reader_may_not_see(
    make_mailing, ann, someone_with, ana, make_field, sign_in
):
    eve = someone_with("view_mailing", "view_lead", "see_departments")
    field = make_field("Discount rate", roles=[ann.groups.get().pk])
    with operation("test", by=None):
        LeadValues.objects.create(record=ana, values={field.name: "Secret qq"})
    mailing = make_mailing(f"Rate: {{{field.name}|none}}", by=ann, ids=[ana.pk])
    assert "Secret qq" in sign_in(ann).get(path_of(mailing)).text
    page = sign_in(eve).get(path_of(mailing)).text
    assert "Secret qq" not in page
    assert "{discount_rate" not in page


def test_a_mailing_with_a_missing_file_or_an_unknown_field_cannot_be_sent(
    mailing, ann, sign_in, ana, deliver_to
):
    assert get_blocking_problems(mailing) == []
    sign_in(ann).post(
        f"/admin/mailings/{mailing.pk}/files", {"attachments": SimpleUploadedFile("a.txt", b"1")}
    )
    place_of(MailingFile.objects.get().file).unlink()
    assert "These files can’t be read any more: a.txt." in get_blocking_problems(mailing)[0]
    with pytest.raises(FileGone, match=r"a\.txt"):
        build_mailing_email(deliver_to(mailing, ana))
    mailing.text = "{c999}"
    assert "There is no merge field {c999}." in get_blocking_problems(mailing)[0]
