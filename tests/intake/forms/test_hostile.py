"""Hostile posts to a web form: odd texts in every field, replayed pages, broken and large bodies, and texts in emails and notices."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from crm.models import Notification
from intake.forms.questions import BUILT_IN, FormQuestion
from intake.forms.submissions.confirmation_email import build_confirmation_email
from intake.models import Submission
from leads.models import Lead
from tests.examples import one_in
from tests.intake.conftest import state_in

pytestmark = pytest.mark.django_db
ANA = {"last_name": "Pop", "email": "ana@omnia.example"}
FORM = "application/x-www-form-urlencoded"
HOSTILE = [
    "'; DROP TABLE leads_lead; --",
    "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>",
    "{{ 7*7 }}{% debug %}{# x #}",
    "\u202eevil\u0000",
    "%(name)s %s {0} %",
    "a\r\nBcc: all@example.com",
    "𝕳" * 3_000,
    "=cmd|' /C calc'!A0",
    "../../../etc/passwd",
    "9" * 400,
    "-1e999",
    "[]",
]


@pytest.mark.parametrize("text", one_in(4, HOSTILE))
@pytest.mark.hard
def test_an_odd_text_in_any_field_is_kept_as_text_or_answered_with_a_sentence(
    make_form, make_field, visitor, text, ada, sign_in
):
    custom = [make_field(f"Odd {kind}qq", type=kind).name for kind in ("text", "number", "date", "url")]
    fields = [*BUILT_IN, *custom]
    form = make_form(
        questions=[*map(FormQuestion, fields), FormQuestion("consent", label="I agree.")],
        most_an_hour=1_000,
        duplicates="fill",
        owner=ada,
    )
    for name in [*fields, "consent", "first_touch", "form_state", "utm_source", "contact_me_by_fax"]:
        data = {"form_state": state_in(visitor.get(form.path)), **ANA, name: text}
        answer = visitor.post(form.path, data)
        assert answer.status_code in (302, 422), name
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
    browser = sign_in(ada)
    leads, sent = Lead.objects.all(), Submission.objects.all()
    pages = [
        *(lead.get_absolute_url() for lead in leads),
        *(reverse("intake_forms:submission", args=[each.pk]) for each in sent),
        reverse("intake_forms:submissions", args=[form.pk]),
        "/notifications",
    ]
    for page in pages:
        shown = browser.get(page)
        assert shown.status_code == 200, page
        assert "<script>alert" not in shown.text
        assert "<img src=x" not in shown.text
    assert Lead.objects.exists()


# Replay


def test_a_page_that_is_sent_again_with_other_answers_adds_nothing(make_form, visitor):
    form = make_form()
    state = state_in(visitor.get(form.path))
    for name in ("Pop", "Ionescu", "Dan"):
        answer = visitor.post(
            form.path, {"form_state": state, "last_name": name, "email": "ana@omnia.example"}
        )
        assert answer.status_code == 302
    assert [*Lead.objects.values_list("last_name", flat=True)] == ["Pop"]
    assert Submission.objects.count() == 1


def test_a_page_from_two_days_ago_is_shown_again_with_its_answers(make_form, visitor, monkeypatch):
    form = make_form()
    state = state_in(visitor.get(form.path))
    monkeypatch.setattr("intake.forms.public.signed_state.DAY", -1)
    answer = visitor.post(form.path, {"form_state": state, **ANA})
    assert answer.status_code == 422
    assert 'value="ana@omnia.example"' in answer.text
    monkeypatch.undo()
    assert visitor.post(form.path, {"form_state": state_in(answer), **ANA}).status_code == 302


# Emails and notices


def test_no_text_of_a_visitor_gets_into_the_headers_of_the_email_that_confirms(make_form, send):
    form = make_form(
        confirms=True, questions=[FormQuestion("last_name"), FormQuestion("email", required=True)]
    )
    send(form, email="ana@omnia.example", last_name="Pop, Bcc: all@example.com")
    message = build_confirmation_email(Submission.objects.get()).message()
    assert message["To"] == "ana@omnia.example"
    assert not message["Bcc"]
    assert "all@example.com" not in message.as_string()


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_a_name_of_several_lines_adds_no_lead_or_a_name_of_one_line(make_form, send, end, bob):
    form = make_form(owner=bob, notify=[bob.pk])
    send(form, last_name=f"Pop{end}Bcc: all@example.com", email="ana@omnia.example")
    for lead in Lead.objects.all():
        assert len(lead.last_name.splitlines()) == 1


@pytest.mark.parametrize("text", ["<b>Pop</b>", "%(form)s %(by)s %s", "{form} {{ form }}"])
def test_a_notice_shows_the_name_of_a_visitor_as_text(make_form, send, text, ada, bob, sign_in):
    form = make_form("Contact <i>us</i>", owner=ada, notify=[bob.pk], duplicates="note")
    for _time in range(2):
        send(form, last_name=text, email="ana@omnia.example")
    assert Notification.objects.filter(user=ada, kind="web_form_again").exists()
    page = sign_in(ada).get("/notifications")
    assert page.status_code == 200
    assert "<b>Pop" not in page.text
    assert "<i>us" not in page.text


def test_the_address_of_a_form_in_its_email_is_ours_whatever_host_is_asked_for(make_form, visitor, settings):
    form = make_form(confirms=True)
    data = {"form_state": state_in(visitor.get(form.path)), **ANA}
    answer = visitor.post(form.path, data, headers={"x-forwarded-host": "evil.example"})
    assert answer.status_code == 302
    assert "evil.example" not in answer["Location"]
    assert settings.SITE_URL in build_confirmation_email(Submission.objects.get()).body


# Bodies


def test_a_file_of_ten_megabytes_for_a_form_without_files_is_refused(make_form, visitor):
    form = make_form()
    file = SimpleUploadedFile("large.txt", b"x" * 10_000_000)
    answer = visitor.post(form.path, {**ANA, "files": file})
    assert answer.status_code == 413
    assert not Submission.objects.exists()


def test_a_file_that_the_form_does_not_ask_for_is_not_kept(make_form, send):
    send(make_form(), **ANA, files=SimpleUploadedFile("a.txt", b"Hello"))
    assert Submission.objects.get().files == []


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"last_name=%ff%fe&email=%00", FORM),
        (b"\xff\xfe\x00=\x80&&&===", FORM),
        (b"&".join(b"a%d=1" % number for number in range(6_000)), FORM),
        (b"last_name=Pop", f"{FORM}; charset=utf-16"),
        (b"last_name=Pop", f"{FORM}; charset=nonsense"),
        (b"nonsense", "multipart/form-data; boundary=x"),
        (b"nonsense", "multipart/form-data"),
        (
            b'--x\r\nContent-Disposition: form-data; name="last_name"\r\n\r\n\0\xff\r\n--x--',
            "multipart/form-data; boundary=x",
        ),
        (b'{"last_name": "Pop"}', "application/json"),
        (b"", FORM),
    ],
)
def test_a_broken_body_is_answered_and_adds_nothing(make_form, visitor, body, content_type):
    form = make_form(plain=True)
    answer = visitor.generic("POST", form.path, body, content_type=content_type)
    assert answer.status_code in (400, 413, 422)
    assert not Lead.objects.exists()
