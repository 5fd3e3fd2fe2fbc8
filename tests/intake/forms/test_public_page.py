"""The public page of a web form, and the leads that it makes."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone

from crm.models import Activity, Notification, Operation, Task
from intake.forms.questions import BUILT_IN, FormQuestion
from intake.models import FormView, Submission, WebForm
from leads.models import Lead
from tests.intake.conftest import state_in
from tests.leads.assignment.assigning import make_rule, rule_of

pytestmark = pytest.mark.django_db
ANA = {"last_name": "Pop", "email": "ana@omnia.example"}


def test_a_sent_form_becomes_an_assigned_lead_with_a_task(make_form, bob, send):
    form = make_form(owner=bob, task="Call back", task_days=2)
    answer = send(form, **ANA)
    assert (answer.status_code, answer["Location"]) == (302, "/forms/contact-us/sent")
    lead = Lead.objects.get()
    assert (lead.last_name, lead.email, lead.owner, lead.source) == (
        "Pop",
        "ana@omnia.example",
        bob,
        form.source,
    )
    task = Task.objects.get()
    assert (task.title, task.user, task.due_on) == (
        "Call back",
        bob,
        timezone.localdate() + timedelta(days=2),
    )
    assert Submission.objects.get().lead == lead
    assert Notification.objects.filter(user=bob, kind="assigned").exists()
    assert Operation.objects.get(kind="add").by is None


def test_a_lead_of_a_form_without_an_owner_is_assigned_by_a_rule_for_forms(make_form, ben, bob, send):
    form = make_form(task="Call back", notify=[bob.pk])
    make_rule("Calls", user=ben, ways=["webhook"])
    make_rule("Forms", user=bob, ways=["form"])
    send(form, **ANA)
    lead = Lead.objects.get()
    assert (lead.owner, rule_of(lead), Task.objects.get().user) == (bob, "Forms", bob)
    assert Notification.objects.filter(user=bob).count() == 1


def test_the_owner_of_a_form_goes_before_the_rules(make_form, ben, bob, send):
    make_rule("Forms", user=ben, ways=["form"])
    send(make_form(owner=bob), **ANA)
    lead = Lead.objects.get()
    assert (lead.owner, rule_of(lead)) == (bob, "")


def test_a_lead_of_a_form_is_unassigned_if_no_rule_is_for_it(make_form, send):
    send(make_form(), **ANA)
    assert Lead.objects.get().owner is None


def test_only_values_on_the_form_are_read(make_form, send, statuses, bob):
    send(
        make_form(),
        **ANA,
        status=statuses.won.pk,
        owner=bob.pk,
        company="Omnia",
        vip="on",
        id="1",
        created_by=bob.pk,
    )
    lead = Lead.objects.get()
    assert (lead.company, lead.vip, lead.owner, lead.created_by) == ("", False, None, None)
    assert lead.status == statuses.new
    assert set(Submission.objects.get().values) == {"last_name", "email"}


def test_a_form_with_errors_keeps_what_was_typed_and_writes_nothing(make_form, send):
    answer = send(make_form(), last_name="Pop <b>", email="nonsense")
    assert answer.status_code == 422
    assert "Pop &lt;b&gt;" in answer.text
    assert "Enter a valid email address." in answer.text
    assert not Lead.objects.exists()
    assert not Submission.objects.exists()


def test_the_same_form_sent_twice_adds_one_lead(make_form, visitor):
    form = make_form()
    data = {"form_state": state_in(visitor.get(form.path)), **ANA}
    answers = [visitor.post(form.path, data) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Lead.objects.count() == 1


def test_a_form_that_is_not_published_cannot_be_opened_or_sent(make_form, visitor):
    form = make_form(published=False)
    assert visitor.get(form.path).status_code == 404
    assert visitor.post(form.path, ANA).status_code == 404


def test_the_page_sets_no_cookie_and_may_be_framed_only_itself(make_form, visitor):
    answer = visitor.get(make_form().path)
    assert not answer.cookies
    assert "X-Frame-Options" not in answer
    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    other = visitor.get("/login")
    assert other["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in other["Content-Security-Policy"]


def test_sending_a_form_sets_no_cookie_with_replicas_either(make_form, send, settings):
    at = settings.MIDDLEWARE.index("django.contrib.sessions.middleware.SessionMiddleware")
    settings.MIDDLEWARE = [*settings.MIDDLEWARE]
    settings.MIDDLEWARE.insert(at, "crm.scaling.replicas.position_middleware.PositionMiddleware")
    with (
        patch("crm.platform.database.log_positions.get_primary_position") as asked,
        patch("accounts.authentication.session_store.SessionStore.save_position") as kept,
    ):
        answer = send(make_form(), **ANA)
    assert (answer.status_code, Lead.objects.count()) == (302, 1)
    assert not answer.cookies
    assert not asked.called
    assert not kept.called


def test_only_a_form_takes_posts_from_other_sites(make_form, send, ada):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ada)
    form = make_form(plain=True)
    assert strict.post(form.path, ANA, headers={"origin": "https://shop.example"}).status_code == 302
    others = ["/admin/forms/new", f"/admin/forms/{form.pk}/delete", "/login"]
    assert [
        strict.post(address, {}, headers={"origin": "https://shop.example"}).status_code for address in others
    ] == [403] * 3


def test_the_language_of_the_form_is_that_of_its_page(make_form, visitor):
    assert 'lang="ro"' in visitor.get(make_form(language="ro").path).text


def test_views_are_counted_by_day(make_form, visitor, django_capture_on_commit_callbacks):
    form = make_form()
    for _time in range(2):
        visitor.get(form.path)
    assert FormView.objects.count_by_form() == {form.pk: 2}


def test_steps_carry_their_answers_and_one_that_nothing_asks_is_skipped(make_form, visitor):
    asked = [
        FormQuestion("last_name", required=True),
        FormQuestion("country"),
        FormQuestion("company", step=2, if_field="country", if_value="Romania"),
        FormQuestion("email", step=3, required=True),
    ]
    form = make_form(questions=asked)
    page = visitor.post(
        form.path, {"form_state": state_in(visitor.get(form.path)), "last_name": "Pop", "country": "DE"}
    )
    assert 'name="email"' in page.text
    back = visitor.post(form.path, {"form_state": state_in(page), "back": "1"})
    assert 'value="Pop"' in back.text
    page = visitor.post(form.path, {"form_state": state_in(back), "last_name": "Popa", "country": "RO"})
    assert 'name="company"' in page.text
    page = visitor.post(form.path, {"form_state": state_in(page), "company": "Omnia"})
    visitor.post(form.path, {"form_state": state_in(page), "email": "ana@omnia.example"})
    lead = Lead.objects.get()
    assert (lead.last_name, lead.company, lead.country, lead.email) == (
        "Popa",
        "Omnia",
        "RO",
        "ana@omnia.example",
    )


def test_a_form_may_ask_for_every_field_of_a_lead_at_once(make_form, send):
    values = {
        "last_name": "Pop",
        "city": "Cluj-Napoca",
        "state": "Cluj",
        "address": "Strada Mare 1",
        "zip": "400001",
    }
    assert send(make_form(questions=[*map(FormQuestion, BUILT_IN)]), **values).status_code == 302
    lead = Lead.objects.get()
    assert {name: getattr(lead, name) for name in values} == values


def test_the_value_of_a_question_that_is_not_asked_is_not_kept(make_form, send):
    asked = [
        FormQuestion("last_name"),
        FormQuestion("company", if_field="last_name", if_value="Firm", required=True),
    ]
    send(make_form(questions=asked), last_name="Pop", company="Omnia")
    assert Lead.objects.get().company == ""


def test_first_and_last_touch_are_kept_apart_and_bounded(make_form, send):
    form = make_form(
        questions=[FormQuestion("email"), FormQuestion("city", hidden=True, parameter="utm_campaign")]
    )
    first = '{"utm_source": "news", "evil": "x"}'
    send(
        form, "utm_source=ads&gclid=" + "g" * 900, email="ana@omnia.example", first_touch=first, city="Spring"
    )
    found = Submission.objects.get()
    assert found.first_touch == {"utm_source": "news"}
    assert found.last_touch == {"utm_source": "ads", "gclid": "g" * 500}
    assert Lead.objects.get().city == "Spring"


def test_a_hidden_question_is_filled_from_the_address_of_the_page(make_form, visitor):
    form = make_form(
        questions=[
            FormQuestion("email"),
            FormQuestion("city", hidden=True, parameter="utm_campaign", default="None"),
        ]
    )
    assert 'name="city" value="Spring"' in visitor.get(f"{form.path}?utm_campaign=Spring").text
    assert 'name="city" value="None"' in visitor.get(form.path).text


@pytest.fixture
def known(make_lead, bob):
    return make_lead("Ana", owner=bob, email="ANA@omnia.example", company="")


def test_a_known_lead_gets_its_empty_fields_and_a_note(make_form, send, known, bob):
    form = make_form(
        duplicates="fill",
        questions=[FormQuestion("last_name"), FormQuestion("email"), FormQuestion("company")],
    )
    send(form, last_name="Pop", email="ana@omnia.example", company="*Omnia* @Bob")
    known.refresh_from_db()
    assert known.company == "*Omnia* @Bob"
    assert known.last_name != "Pop"
    assert Lead.objects.count() == 1
    assert r"\*Omnia\* \@Bob" in Activity.objects.get().text
    assert not Notification.objects.filter(kind="mentioned").exists()
    assert Notification.objects.filter(user=bob, kind="web_form_again").exists()


def test_a_known_lead_is_found_by_phone_too(make_form, send, make_lead):
    known = make_lead("Ana", phone="0722 123 456", phone_normal="+40722123456")
    form = make_form(duplicates="note", questions=[FormQuestion("last_name"), FormQuestion("phone")])
    send(form, last_name="Pop", phone="+40 722 123456")
    assert Submission.objects.get().lead == known
    assert Submission.objects.get().state == "known"


def test_a_form_may_always_add_another_lead(make_form, send, known):
    send(make_form(duplicates="add"), **ANA)
    assert Lead.objects.count() == 2


def test_the_users_of_the_form_are_notified_if_they_see_the_lead(
    make_form, send, ann, dan, django_assert_max_num_queries
):
    with django_assert_max_num_queries(60):
        send(make_form(notify=[ann.pk, dan.pk]), **ANA)
    assert list(Notification.objects.filter(kind="web_form").values_list("user", flat=True)) == [ann.pk]


def test_the_theme_has_the_two_colors(make_form, visitor):
    style = visitor.get(f"{make_form(color='#004400', background='#fffff0').path}/theme.css")
    assert style["Content-Type"].startswith("text/css")
    assert "--accent: #004400" in style.text
    assert WebForm.objects.get().url.endswith("/forms/contact-us")


def test_a_visitor_gets_the_browsers_own_field_for_a_date(make_form, make_field, visitor, send):
    day = make_field("Moving dayqq", type="date").name
    form = make_form(questions=[FormQuestion("last_name"), FormQuestion("email"), FormQuestion(day)])
    page = visitor.get(form.path).text
    assert f'<input type="date" name="{day}"' in page
    assert "data-picks" not in page
    send(form, **ANA, **{day: "2026-11-25"})
    assert Submission.objects.get().lead is not None
