"""The views for BI tools: each database role sees what its user sees, and nothing else."""

import pytest

from accounts.models import Membership, User
from crm.models import Activity
from crm.records.history.verb_execution import carry_out, operation
from customers.models import Deal
from leads.models import Lead, SourceCost
from leads.models.status_move import StatusMove
from leads.verbs import Move
from mailings.models import Delivery, Mailing
from reports.models import BiAccess
from tests.conftest import CAST
from tests.reports.bi.role import NAMES, acting, seen


@pytest.mark.parametrize("name", CAST)
def test_a_role_sees_exactly_the_rows_of_its_user(name, world, make_role):
    user = getattr(world, name)
    make_role("--user", user.email)
    leads = list(Lead.objects.present().visible_to(user).order_by("pk").values_list("pk", flat=True))
    assert seen("leads") == leads
    moves = StatusMove.objects.filter(lead__in=leads, undone=False)
    assert seen("moves") == sorted(moves.values_list("pk", flat=True))
    assert seen("deals") == sorted(Deal.objects.present().visible_to(user).values_list("pk", flat=True))
    assert seen("activities") == sorted(Activity.objects.listed_for(user).values_list("pk", flat=True))


def test_a_role_without_a_user_sees_everything_outside_trash_that_is_not_private(world, make_role):
    make_role("--all")
    assert seen("leads") == sorted(Lead.objects.present().values_list("pk", flat=True))
    assert len(seen("leads")) == 27
    public = Activity.objects.public().exclude(of="lead", record__in=Lead.objects.in_trash())
    assert seen("activities") == sorted(public.values_list("pk", flat=True))


def test_a_role_follows_its_user_at_once(world, make_role, departments):
    make_role("--user", "bob@example.com")
    before = seen("leads")
    Membership.objects.filter(user=world.bob).update(department=departments.export)
    moved = User.objects.with_rights().get(pk=world.bob.pk)
    now = sorted(Lead.objects.present().visible_to(moved).values_list("pk", flat=True))
    assert seen("leads") == now != before
    world.bob.groups.clear()
    assert seen("leads") == []
    world.ada.groups.first().user_set.add(world.bob)
    assert len(seen("leads")) == 27
    User.objects.filter(pk=world.bob.pk).update(is_active=False)
    assert [seen(name, "1") for name in NAMES] == [[]] * 6


def test_a_role_that_leadwell_does_not_know_sees_nothing(world, make_role):
    make_role("--all")
    BiAccess.objects.all().delete()
    assert [seen(name, "1") for name in NAMES] == [[]] * 6


def test_costs_are_for_those_who_may_view_sources(world, make_role, sources):
    with operation("test", by=None):
        SourceCost.objects.create(source=sources.website, month="2026-03-01", amount=500)
    for user in (world.bob, world.ann, world.conrad, world.ada):
        make_role("--user", user.email)
        assert bool(seen("costs", "amount")) == user.has_perm("leads.view_source"), user


def test_mailings_are_those_that_their_list_shows_with_their_numbers(
    world, make_role, departments, make_lead
):
    with operation("test", by=None):
        one = Mailing.objects.create(subject="Fair", by=world.ann, department=departments.sales)
        Mailing.objects.create(subject="Export fair", by=world.carla, department=departments.export)
    for record, state in ((1, "sent"), (2, "failed"), (3, "left_out")):
        Delivery.objects.create(mailing=one, record=record, state=state, email_key=f"{record}@lead.example")
    for user in (world.ann, world.carla, world.bob, world.conrad):
        make_role("--user", user.email)
        assert seen("mailings") == sorted(Mailing.objects.visible_to(user).values_list("pk", flat=True)), user
    make_role("--user", "ann@example.com")
    assert seen("mailings", "ARRAY[recipients, sent, failed, skipped]") == [[2, 1, 1, 1]]


def test_a_lead_without_a_name_is_not_named_by_its_email_or_phone(make_lead, make_role):
    make_lead("", company="Omnia", email="jan@omnia.example")
    make_lead("", email="jan@omnia.example", phone="+40 722 000 000")
    make_role("--all")
    assert seen("leads", "name") == ["", "Omnia"]


def test_a_lead_has_its_names_and_follows_the_worker(make_lead, make_role, statuses, ada):
    from reports.engine.progress_derivation import store_progress_of_changes

    lead = make_lead("Jan Novák", value=100, currency="EUR")
    carry_out(Move(status=statuses.qualified), Lead.objects.all(), by=ada)
    store_progress_of_changes()
    make_role("--all")
    lead.refresh_from_db()
    assert seen("leads", "ARRAY[name, status, source, owner]") == [
        ["Jan Novák", "Qualified", "Website", None]
    ]
    assert seen("leads", "qualified_at") == [lead.status_since]
    assert seen("moves", "to_category") == ["new", "qualified"]


def test_a_condition_that_shows_what_it_is_given_is_given_only_visible_rows(world, make_role):
    make_role("--user", "dan@example.com")
    with acting() as cursor:
        cursor.execute("EXPLAIN SELECT * FROM report.leads WHERE name LIKE '%secret%'")
        plan = " ".join(line for (line,) in cursor.fetchall())
    assert "Subquery Scan on leads" in plan
