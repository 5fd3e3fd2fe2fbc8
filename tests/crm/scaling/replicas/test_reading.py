"""Pages come from a replica that has what the user has made, and from the primary otherwise."""

import pytest
from django.test import Client

from accounts.authentication.sessions import end_user_sessions
from crm.models import CustomField
from crm.records.history.verb_execution import operation
from crm.scaling.replicas import replica_monitor
from tests.conftest import PASSWORD
from tests.crm.records.editing.test_forms import filled
from tests.waiting import until

pytestmark = [pytest.mark.hard, pytest.mark.django_db(transaction=True, databases=["default", "progress"])]

FROM_REPLICA = [("replica1", "answered")]
FROM_PRIMARY = [("replica1", "behind")]


@pytest.fixture
def add(statuses, sources, departments):
    """add(browser, "Kettleworth"): a user adds this lead in the form and is redirected to its page."""

    def added(browser, name: str):
        basics = {
            "status": statuses.new.pk,
            "source": sources.website.pk,
            "department": departments.sales.pk,
            "owner": "",
            "last_name": name,
        }
        answer = browser.post("/admin/leads/new", filled() | basics)
        assert answer.status_code == 302, answer.content.decode()[-3000:]
        return answer

    return added


def leads(browser) -> str:
    answer = browser.get("/admin/leads?sort=name")
    assert answer.status_code == 200
    return answer.content.decode()


def follows(standby) -> None:
    standby.resume()
    standby.caught_up()
    until(lambda: replica_monitor.get_watch().get_usable_replicas())


def test_a_list_comes_from_the_replica(sign_in, ann, make_lead, replica, answers):
    browser = sign_in(ann)
    make_lead(last_name="Kettleworth", owner=ann)
    replica.caught_up()
    assert "Kettleworth" in leads(browser)
    assert answers == FROM_REPLICA


def test_after_a_change_pages_come_from_the_primary_until_the_replica_has_the_change(
    sign_in, ann, add, replica, answers
):
    browser = sign_in(ann)
    replica.pause()
    page = add(browser, "Kettleworth")["Location"]
    assert "Kettleworth" in browser.get(page).content.decode()
    answers.clear()
    assert "Kettleworth" in leads(browser)
    assert answers == FROM_PRIMARY
    follows(replica)
    answers.clear()
    assert "Kettleworth" in leads(browser)
    assert answers == FROM_REPLICA


def test_a_user_who_changed_nothing_reads_from_the_replica_meanwhile_but_nothing_old(
    sign_in, ann, add, cast, replica, monkeypatch
):
    monkeypatch.setattr(replica_monitor, "LAG", 1.0)
    author, reader = sign_in(ann), Client()
    reader.force_login(cast.conrad, backend="accounts.sign_in.EmailBackend")
    replica.pause()
    add(author, "Kettleworth")
    until(lambda: "Kettleworth" in leads(reader))


def test_the_second_tab_of_a_browser_does_not_read_an_older_state(sign_in, ann, add, replica, answers):
    browser = sign_in(ann)
    leads(browser)
    replica.pause()
    add(browser, "Kettleworth")
    second = Client()
    # Tabs share their cookies.
    second.cookies = browser.cookies
    assert "Kettleworth" in leads(second)


def test_a_change_whose_answer_never_arrived_is_on_the_next_page(sign_in, ann, add, replica):
    """A user who doesn't wait has none of its cookies; neither has one whose earlier form is answered last."""
    browser = sign_in(ann)
    leads(browser)
    replica.pause()
    before = browser.cookies.copy()
    add(browser, "Kettleworth")
    browser.cookies = before
    assert "Kettleworth" in leads(browser)


def test_after_a_page_from_the_primary_the_next_one_is_not_older(sign_in, ann, make_lead, replica, answers):
    browser = sign_in(ann)
    replica.pause()
    make_lead(last_name="Kettleworth", owner=ann)
    browser.get("/admin/jobs")
    assert "Kettleworth" in leads(browser)
    assert answers == [("replica1", "behind")]


def test_the_cookie_is_like_that_of_the_session_and_short_lived(sign_in, ann, replica, settings):
    browser = sign_in(ann)
    settings.SESSION_COOKIE_SECURE = True
    cookie = browser.get("/admin/jobs").cookies[settings.STATE_COOKIE_NAME]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")
    assert cookie["max-age"] == 60


@pytest.mark.parametrize("value", ["", "12", "9223372036854775807:1:forged", "x" * 5000])
def test_a_forged_cookie_is_ignored(sign_in, ann, replica, answers, settings, value):
    browser = sign_in(ann)
    browser.cookies[settings.STATE_COOKIE_NAME] = value
    leads(browser)
    assert answers == FROM_REPLICA


def test_a_session_that_was_ended_is_over_while_the_replica_still_has_it(sign_in, ann, replica):
    browser = sign_in(ann)
    replica.caught_up()
    replica.pause()
    end_user_sessions(ann)
    answer = browser.get("/admin/leads")
    assert (answer.status_code, answer["Location"]) == (302, "/login?next=/admin/leads")


def test_a_right_that_was_removed_is_gone_while_the_replica_still_has_it(sign_in, ada, replica):
    browser = sign_in(ada)
    replica.caught_up()
    assert browser.get("/admin/users").status_code == 200
    replica.pause()
    ada.groups.clear()
    assert browser.get("/admin/users").status_code == 403


def test_pages_for_everyone_come_from_the_primary(replica, answers):
    assert Client().get("/login").status_code == 200
    assert answers == []


def test_after_signing_in_the_first_page_has_the_new_session(cast, replica):
    browser = Client()
    replica.pause()
    assert browser.post("/login", {"email": cast.ann.email, "password": PASSWORD}).status_code == 302
    assert browser.get("/admin/leads").status_code == 200


def test_a_record_that_the_replica_does_not_have_yet_is_read_from_the_primary(
    sign_in, ann, make_lead, replica, answers
):
    browser = sign_in(ann)
    replica.pause()
    lead = make_lead(last_name="Kettleworth", owner=ann)
    assert browser.get(f"/admin/leads/{lead.pk}").status_code == 200
    assert answers == [("replica1", "missing")]


def test_the_page_of_a_job_is_never_older_than_the_job_and_neither_is_what_follows(
    sign_in, ann, make_lead, replica, answers
):
    browser = sign_in(ann)
    replica.pause()
    # A worker finishes something.
    make_lead(last_name="Kettleworth", owner=ann)
    assert browser.get("/admin/jobs").status_code == 200
    assert answers == []
    assert "Kettleworth" in leads(browser)


def test_a_stale_definition_of_a_custom_field_is_not_kept_as_the_new_one(
    sign_in, ada, make_field, make_lead, replica, answers
):
    browser = sign_in(ada)
    lead = make_lead(last_name="Kettleworth")
    replica.caught_up()
    replica.pause()
    make_field("Course of study")
    browser.get(f"/admin/leads/{lead.pk}")
    follows(replica)
    for _time in range(2):
        assert "Course of study" in browser.get(f"/admin/leads/{lead.pk}/edit").content.decode()
    assert answers[-1] == ("replica1", "answered")


def test_a_field_that_was_hidden_is_hidden_while_the_replica_still_shows_it(
    sign_in, ann, make_field, make_lead, replica, answers
):
    browser = sign_in(ann)
    lead = make_lead(last_name="Kettleworth", owner=ann)
    field = make_field("Salary")
    replica.caught_up()
    page = f"/admin/leads/{lead.pk}/edit"
    assert "Salary" in browser.get(page).content.decode()
    assert answers == FROM_REPLICA
    answers.clear()
    replica.pause()
    with operation("test", by=None):
        CustomField.objects.filter(pk=field.definition.pk).update(roles=[0])
    assert "Salary" not in browser.get(page).content.decode()
    assert answers == FROM_PRIMARY
