"""Two requests or jobs at the same moment: the second one waits, and sees what the first one has written."""

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.utils import timezone

from crm.api.idempotency import get_earlier_response, store_reply
from crm.api.webhooks.webhook_delivery import _save_result
from crm.models import (
    Export,
    FrozenSet,
    Import,
    Job,
    ListSettings,
    Operation,
    SavedView,
    Token,
    Webhook,
    WebhookDelivery,
)
from crm.platform.jobs import JOB_KINDS
from crm.records.history.verb_execution import carry_out, operation
from crm.transfer.exports.approval import decide_approval
from crm.transfer.imports.apply.plan_application import apply_import_plan as applied
from leads import verbs
from leads.models import Lead, Status
from tests.api.conftest import make_token
from tests.crm.records.editing.test_forms import filled
from tests.crm.records.history.test_locks import changeable
from tests.crm.transfer.imports.importing import choose, filled_in, page, upload
from tests.crossing import crossed

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def test_an_edit_that_waits_for_a_colleagues_shows_the_conflict(ann, oscar, make_lead, sign_in):
    lead = make_lead(city="Cluj")
    browser = sign_in(ann)
    answer = crossed(
        lambda: carry_out(verbs.Edit({"city": "Iași"}), changeable(oscar), by=oscar),
        lambda: browser.post(f"/admin/leads/{lead.pk}/edit", filled(lead, city="Sibiu")),
    )
    lead.refresh_from_db()
    assert (answer.status_code, lead.city) == (409, "Iași")


def changed_rules(ada, **values):
    """An administrator changes the rules of Contacted."""
    with operation("test", by=ada):
        Status.objects.filter(key="contacted").update(**values)


@pytest.mark.parametrize(
    ("values", "code"),
    [({"retired": True}, "status_retired"), ({"required_fields": ["city"]}, "needs:city")],
)
def test_a_move_that_waits_for_new_rules_of_its_status_is_judged_by_them(
    ada, ann, make_lead, statuses, values, code
):
    lead = make_lead()
    outcome = crossed(
        lambda: changed_rules(ada, **values),
        lambda: carry_out(verbs.Move(statuses.contacted), changeable(ann), by=ann),
    )
    assert outcome.refused == {code: [lead.pk]}


def test_a_lead_is_not_added_to_a_status_that_is_being_retired(ada, ann, statuses, sign_in):
    browser = sign_in(ann)
    form = browser.get("/admin/leads/new").context["form"]
    data = filled_in(form) | {"last_name": "Late", "status": statuses.contacted.pk}
    answer = crossed(lambda: changed_rules(ada, retired=True), lambda: browser.post("/admin/leads/new", data))
    assert (answer.status_code, Lead.objects.count()) == (409, 0)
    assert browser.post("/admin/leads/new", data).status_code == 422


def test_rules_do_not_change_while_leads_move_by_them(ada, ann, make_lead, statuses):
    make_lead()

    def retire():
        changed_rules(ada, retired=True)
        return Lead.objects.get().status

    moved = crossed(lambda: carry_out(verbs.Move(statuses.contacted), changeable(ann), by=ann), retire)
    assert moved == statuses.contacted


def test_a_bulk_job_that_runs_twice_at_once_makes_one_operation(ann, make_lead):
    frozen = FrozenSet.objects.create(table="lead", user=ann, ids=[make_lead().pk], count=1)
    job = Job.objects.create(kind="bulk", user=ann, arguments={"set": frozen.pk, "action": "vip", "form": {}})
    work = transaction.atomic(JOB_KINDS["bulk"].work)
    crossed(lambda: work(job, None), lambda: work(Job.objects.get(pk=job.pk), None))
    assert Operation.objects.filter(kind="vip").count() == 1


def test_a_bulk_change_confirmed_twice_at_once_makes_one_operation(ann, make_lead, sign_in):
    lead, browser = make_lead(), sign_in(ann)
    address = browser.post("/admin/leads/bulk", {"action": "vip", "record": lead.pk})["Location"]
    crossed(lambda: browser.post(address), lambda: browser.post(address))
    assert Operation.objects.filter(kind="vip").count() == 1


def test_columns_start_views_and_widths_of_two_lists_are_all_kept(ann, sign_in):
    own = ListSettings.objects.create(user=ann)
    view = SavedView.objects.create(table="company", owner=ann, name="Romania")
    browser = sign_in(ann)
    for name, path, sent in (
        ("columns", "/admin/companies/columns", {"column": ["name"]}),
        ("start_views", f"/admin/companies/views/{view.pk}/start", {}),
        ("widths", "/admin/companies/columns/country", {"width-country": "20"}),
    ):
        crossed(
            lambda name=name: ListSettings.objects.update(**{name: {"lead": ["city"]}}),
            lambda path=path, sent=sent: browser.post(path, sent),
        )
        own.refresh_from_db()
        assert set(getattr(own, name)) == {"lead", "company"}


def test_a_second_approver_does_not_overwrite_the_first_ones_decision(ann, ada, someone_with, sign_in):
    asked = Export.objects.create(table="lead", user=ann, name="x.xlsx", columns=["id"], state="asked")
    browser = sign_in(someone_with("view_lead", "export_lead", "approve_export", "see_all"))
    answer = crossed(
        lambda: decide_approval(asked, approved=False, by=ada),
        lambda: browser.post(f"/admin/exports/{asked.pk}/decide", {"answer": "approve"}),
    )
    asked.refresh_from_db()
    assert (answer.status_code, asked.state, asked.decided_by) == (404, "declined", ada)


def test_a_webhook_turned_off_during_a_call_stays_off(ann):
    webhook = Webhook.objects.create(user=ann, url="https://example.com/leadwell", secret="s" * 40)
    delivery = WebhookDelivery.objects.create(webhook=webhook, state="delivered", at=timezone.now())
    crossed(
        lambda: Webhook.objects.update(active=False), lambda: transaction.atomic(_save_result)(delivery, 1)
    )
    webhook.refresh_from_db()
    assert not webhook.active


def test_a_call_with_a_key_waits_for_the_first_one_and_gets_its_response(ann):
    from django.http import HttpResponse

    make_token(ann)
    token = Token.objects.get()
    second = crossed(
        lambda: (
            get_earlier_response(token, "one", "call"),
            store_reply(token, "one", "call", HttpResponse(b"{}"), {}),
        ),
        lambda: transaction.atomic(get_earlier_response)(token, "one", "call"),
    )
    assert second["Idempotent-Replayed"] == "true"


@pytest.fixture
def planned(ann, sign_in):
    browser = sign_in(ann)
    return choose(browser, upload(browser, [["Last name"], ["Pop"]]), "columns")


def test_an_import_applied_twice_at_once_adds_its_leads_once(planned, ann):
    apply = transaction.atomic(applied)
    second = crossed(lambda: apply(planned, by=ann), lambda: apply(planned, by=ann))
    assert second == Operation.objects.get(kind="import")
    assert Lead.objects.count() == 1


def test_an_import_canceled_a_moment_ago_does_not_go_on(planned, ann, sign_in):
    browser = sign_in(ann)
    crossed(
        lambda: Import.objects.update(state=Import.State.CANCELLED),
        lambda: browser.post(page(planned, "check")),
    )
    planned.refresh_from_db()
    assert planned.state == Import.State.CANCELLED


def test_an_import_that_adds_leads_waits_for_another_one(planned, ann):
    with transaction.atomic(), transaction.atomic(using="progress"), connection.cursor() as cursor:
        with connections["progress"].cursor() as other:
            other.execute("SELECT pg_advisory_xact_lock(hashtext('imports that add'), 0)")
        cursor.execute("SET LOCAL lock_timeout = '50ms'")
        with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
            applied(planned, by=ann)
