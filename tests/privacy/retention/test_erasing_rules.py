"""Retention rules that erase, as users and the worker know them: confirmed first, announced in fitting words, and in small parts."""

from django.contrib.auth.models import Permission
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from crm.models import Notification
from crm.platform.web.notifications import get_notification_sentence
from crm.platform.web.password_confirmation import CONFIRMED
from crm.records.history.verb_execution import operation
from privacy.models import RetentionNotice, RetentionRule
from privacy.retention import rule_erasure
from privacy.retention.nightly_run import apply_active_rules
from privacy.retention.rule_erasure import erase_next_leads, erase_part
from tests.privacy.retention.nights import DAY, is_erased, nights, pass_nights

EMAIL = "ottokar.z@quixmail.example"


def test_owners_are_told_that_their_leads_will_be_erased(erasing_rule, old_lead, bob, client):
    lead = old_lead(owner=bob)
    old_lead("No owner")
    nights(1)
    day = timezone.localdate() + 14 * DAY
    told = {notice.user.name: get_notification_sentence(notice) for notice in Notification.objects.all()}
    assert f"1 of your leads will be erased on {day:%-d %b %Y} or a few nights later, because" in told["Bob"]
    assert "1 lead without an active owner will be erased" in told["Ann"]
    client.force_login(bob)
    page = client.get(f"/admin/leads/{lead.pk}").text
    assert "This person will be erased on" in page
    client.post(f"/admin/privacy/keep/{lead.pk}", {"reason": "Contract"})
    pass_nights(20)
    assert is_erased(lead) == [False]


def test_a_rule_that_erases_does_nothing_until_it_is_confirmed(erasing_rule, old_lead, ada, client):
    lead = old_lead()
    with operation("test", by=None):
        RetentionRule.objects.update(is_confirmed=False)
    assert all(run.is_paused for run in nights(20))
    assert is_erased(lead) == [False]
    waits = Notification.objects.get(user=ada, kind="retention_waits")
    assert "it would erase 1 lead in the status" in get_notification_sentence(waits)
    client.force_login(ada, backend="accounts.sign_in.EmailBackend")
    session = client.session
    del session[CONFIRMED]
    session.save()
    confirm = f"/admin/privacy/retention/{erasing_rule.pk}/confirm"
    assert "/confirm" in client.post(confirm)["Location"]
    erasing_rule.refresh_from_db()
    assert not erasing_rule.is_confirmed
    client.post("/confirm", {"password": "correct horse battery"})
    assert client.post(confirm)["Location"] == "/admin/privacy/retention"
    assert [run.erased for run in nights(16)] == [0] * 14 + [1, 0]
    assert is_erased(lead) == [True]


def test_only_users_who_may_erase_persons_let_a_rule_erase(client, ada, statuses, old_lead):
    with operation("test", by=None):
        rule = RetentionRule.objects.create(status=statuses.lost)
    address = f"/admin/privacy/retention/{rule.pk}"
    sent = {"status": statuses.lost.pk, "months": 24, "notice_days": 14, "is_active": "on", "version": 1}
    client.force_login(ada)
    assert "Erase the person" in client.get(address).text
    right = Permission.objects.get(codename="erase_person")
    for role in ada.groups.all():
        role.permissions.remove(right)
    assert "Erase the person" not in client.get(address).text
    client.post(address, sent | {"action": "erase"})
    rule.refresh_from_db()
    assert rule.action == "delete"
    with operation("test", by=None):
        RetentionRule.objects.update(action="erase")
    session = client.session
    session[CONFIRMED] = timezone.now().isoformat()
    session.save()
    assert client.post(f"{address}/confirm").status_code == 403


def test_changing_a_rule_to_erase_asks_for_confirmation_and_announces_again(old_lead, statuses, client, ada):
    with operation("test", by=None):
        rule = RetentionRule.objects.create(status=statuses.lost, months=12, is_confirmed=True)
    lead = old_lead()
    nights(10)
    client.force_login(ada)
    sent = {"status": statuses.lost.pk, "months": 12, "notice_days": 14, "is_active": "on", "version": 1}
    assert client.post(f"/admin/privacy/retention/{rule.pk}", sent | {"action": "x"}).status_code == 422
    assert client.post(f"/admin/privacy/retention/{rule.pk}", sent | {"action": "erase"}).status_code == 302
    rule.refresh_from_db()
    assert (rule.action, rule.is_confirmed) == ("erase", False)
    with operation("test", by=None):
        RetentionRule.objects.update(is_confirmed=True)
    # The owner was told of a deletion, so the days of notice begin again.
    begin = timezone.now() + 10 * DAY
    assert nights(14, begin=begin)[0].announced == 1
    assert is_erased(lead) == [False]
    nights(1, begin=begin + 14 * DAY)
    assert is_erased(lead) == [True]


def test_the_pages_say_erased_and_their_links_list_exactly_these_leads(
    erasing_rule, old_lead, make_contact, client, ada
):
    old_lead("Due Now")
    old_lead("Due Soon", days=355)
    old_lead("Kept Back", email=EMAIL)
    make_contact("Ana Albu", email=EMAIL)
    client.force_login(ada)
    page = client.get("/admin/privacy/retention").text
    assert "Erased after 12 months" in page
    assert "Not erased, in other records: 1" in page
    lists = {"now": ("Due Now", "due for erasure"), "month": ("Due Soon", "due for erasure within 30 days"),
             "shared": ("Kept Back", "the person is in other records")}  # fmt: skip
    for which, (name, words) in lists.items():
        link = f"/admin/leads?retention={erasing_rule.pk}-{which}"
        assert link in page
        listed = client.get(link).text
        assert [each for each in ("Due Now", "Due Soon", "Kept Back") if each in listed] == [name]
        assert words in listed
    pass_nights(15)
    assert "2 erased, 0 announced" in client.get("/admin/privacy/retention").text
    assert "Retention rule" in client.get("/admin/privacy/erasures").text
    assert "person erased 12 months after the last activity" in client.get("/admin/privacy/processing").text


def test_the_worker_erases_a_few_at_a_time_and_stops_in_the_morning(erasing_rule, old_lead, monkeypatch):
    monkeypatch.setattr(rule_erasure, "PART", 2)
    leads = [old_lead(f"Lead {n}", email=f"l{n}@x.example") for n in range(5)]
    pass_nights(14)
    now = timezone.localtime().replace(hour=3, minute=5) + 14 * DAY
    monkeypatch.setattr("privacy.retention.rule_erasure.timezone.now", lambda: now)
    (run,) = apply_active_rules(now)
    parts = []
    for _part in range(10):
        job = ProcrastinateJob.objects.filter(task_name="erase_by_retention").order_by("-pk").first()
        if job is None or job.pk in parts:
            break
        parts.append(job.pk)
        erase_part(**job.args)
        run.refresh_from_db()
        if len(parts) == 1:
            assert run.erased == 2
    assert (len(parts), run.erased) == (4, 5)
    assert all(is_erased(*leads))
    later = [old_lead(f"Later {n}", email=f"x{n}@x.example") for n in range(2)]
    RetentionNotice.objects.bulk_create(
        RetentionNotice(rule=erasing_rule, action="erase", lead=one, deletes_on=now.date()) for one in later
    )
    now = now.replace(hour=9)
    erase_part(run_id=run.pk)
    assert is_erased(*later) == [False, False]


def test_an_error_with_one_person_keeps_no_others(erasing_rule, old_lead, monkeypatch):
    bad, good = old_lead(email="a@x.example"), old_lead(email="b@x.example")
    whole = rule_erasure.erase_person

    def failing(person, **more):
        if person.records["lead"] == [bad.pk]:
            raise ValueError(EMAIL)
        return whole(person, **more)

    monkeypatch.setattr(rule_erasure, "erase_person", failing)
    pass_nights(16)
    assert is_erased(bad, good) == [False, True]


def test_a_rule_that_is_turned_off_later_erases_no_more(erasing_rule, old_lead):
    lead = old_lead(email=EMAIL)
    pass_nights(14)
    now = timezone.now() + 14 * DAY
    (run,) = apply_active_rules(now)
    with operation("test", by=None):
        RetentionRule.objects.update(is_active=False)
    run.rule.refresh_from_db()
    assert erase_next_leads(run, now) is None
    assert is_erased(lead) == [False]


def test_a_rule_that_deletes_moves_leads_to_trash_even_if_a_contact_has_their_email(
    statuses, old_lead, make_contact
):
    with operation("test", by=None):
        RetentionRule.objects.create(status=statuses.lost, months=12)
    lead = old_lead(email=EMAIL)
    make_contact("Ana Albu", email=EMAIL)
    pass_nights(16)
    lead.refresh_from_db()
    assert lead.deleted_at
    assert lead.email == EMAIL
