"""Submitted IDs must be among the offered ones: foreign people, departments, sets, and views are rejected."""

import pytest

from accounts.models import Membership
from crm.models import FrozenSet, ListSettings, Operation, SavedView
from leads.models import Lead
from tests.matrix.asking import undone
from tests.matrix.judging import leaks
from tests.matrix.oracle import UNKNOWN

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files_of_the_world")]

LEADS = "/admin/leads"


@pytest.fixture
def send(asker):
    """send(person, url, data): the response to a form with these values; when rejected, it leaves nothing behind."""

    def sent(person: str, address: str, data: dict, wanted: int = 422) -> str:
        answer = asker.send("POST", address, person, data)
        assert answer.status == wanted, (address, answer.status)
        assert list(leaks(person, answer)) == [], address
        return answer.body.decode()

    return sent


def own(asker, kind: str, person: str) -> int:
    return asker.world.ids(kind, "own", person)["pk"]


@pytest.mark.parametrize("person", ["manager", "deputy"])
def test_leads_cannot_be_assigned_to_invisible_users(asker, send, person):
    world = asker.world
    foreign = {"owner": world.foreigner.pk}
    lead, frozen = own(asker, "lead", person), own(asker, "set", person)
    send(person, f"{LEADS}/{lead}/inline/owner", foreign)
    send(person, f"{LEADS}/bulk/{frozen}/assign", foreign)
    values = {name: world.filled(f"{{{name}}}") for name in ("status", "source", "department")}
    values |= {"last_name": "Novák", "currency": "EUR"} | foreign
    send(person, f"{LEADS}/{lead}/edit", values)
    send(person, f"{LEADS}/new", values)
    columns = {"status": values["status"], "source": values["source"], "currency": "EUR", "column_1": "email"}
    columns |= {"match": "email", "mode": "both", "department": world.export.pk} | foreign
    page = send(person, f"/admin/imports/{own(asker, 'import', person)}/columns", columns)
    assert page.count('aria-invalid="true"') >= 2


def test_a_sales_rep_cannot_move_a_lead_to_another_department(asker, send):
    world = asker.world
    values = {name: world.filled(f"{{{name}}}") for name in ("status", "source")} | {"currency": "EUR"}
    values |= {"last_name": "Novák", "department": world.export.pk}
    send("rep", f"{LEADS}/new", values)
    colleague = values | {"department": world.sales.pk, "owner": world.colleague.pk}
    send("rep", f"{LEADS}/new", colleague)


@pytest.mark.parametrize("thing", ["foreign", "colleagues", UNKNOWN])
def test_other_users_sets_are_not_found_anywhere(asker, thing):
    number = asker.world.ids("set", thing)["pk"]
    for person in ("manager", "deputy", "administrator"):
        for method, address in [("GET", "/admin/leads/export"), ("POST", "/admin/exports/write")]:
            answer = asker.send(
                method, f"{address}?set={number}", person, {"columns": "all", "format": "csv"}
            )
            assert (answer.status, answer.wrote) == (404, ()), address
            unknown = asker.send(
                method, f"{address}?set=1234567", person, {"columns": "all", "format": "csv"}
            )
            assert answer.bare == unknown.bare


@pytest.mark.parametrize("thing", ["foreign", "colleagues", UNKNOWN])
def test_another_users_view_in_the_list_url_is_ignored(asker, thing):
    number = asker.world.ids("view", thing)["pk"]
    for address in (f"{LEADS}?view={number}&all=1", f"/admin/leads/export?view={number}"):
        answer = asker.send("GET", address, "manager")
        assert answer.status == 200
        assert list(leaks("manager", answer)) == []
    with undone():
        ListSettings.objects.filter(user=asker.world.people["manager"]).delete()
        asker.client("manager").post(f"{LEADS}/views/{number}/start")
        assert not ListSettings.objects.filter(user=asker.world.people["manager"]).exists()


def test_a_view_can_be_shared_only_with_own_departments_and_with_permission(asker, send):
    world = asker.world
    foreign = {"name": "Ours", "audience": f"department-{world.export.pk}"}
    send("manager", f"{LEADS}/views/new", foreign)
    send("operator", f"{LEADS}/views/new", foreign | {"audience": f"department-{world.sales.pk}"})
    assert not SavedView.objects.filter(name="Ours").exists()


def test_selected_leads_that_the_user_cannot_see_are_skipped(asker):
    world = asker.world
    ticked = [world.ids("lead", thing, "manager")["pk"] for thing in ("own", "foreign", UNKNOWN)]
    with undone():
        FrozenSet.objects.all().delete()
        asker.client("manager").post(f"{LEADS}/bulk", {"action": "vip", "record": ticked})
        assert FrozenSet.objects.get().ids == ticked[:1]


def test_a_set_changes_only_leads_that_the_user_can_still_change_and_counts_the_others(asker):
    world = asker.world
    mine, theirs = (world.ids("lead", thing, "manager")["pk"] for thing in ("own", "foreign"))
    with undone():
        user = world.people["manager"]
        frozen = FrozenSet.objects.create(table="lead", user=user, ids=sorted([mine, theirs]), count=2)
        address = f"{LEADS}/bulk/{frozen.pk}/vip"
        for method in ("GET", "POST"):
            assert list(leaks("manager", asker.send(method, address, "manager", {}))) == []
        asker.client("manager").post(address)
        record = Operation.objects.latest("pk")
        assert (record.changed, record.refused) == (1, 1)
        assert set(Lead.objects.filter(vip=True).values_list("pk", flat=True)) == {mine}
        for page in (f"/admin/operations/{record.pk}", f"/admin/operations/{record.pk}/undo"):
            answer = asker.send("GET", page, "manager")
            assert list(leaks("manager", answer)) == []
            assert f"/admin/leads/{theirs}" not in answer.body.decode()


def test_the_deputy_cannot_grant_a_department_or_role_beyond_their_own(asker, send):
    world = asker.world
    values = {"name": "Nina New", "email": "nina@example.com", "department": world.sales.pk}
    plain = world.filled("{role}")
    send("deputy", "/admin/users/new", values | {"roles": [plain], "department": world.export.pk})
    send("deputy", "/admin/users/new", values | {"roles": [plain], "also": [world.export.pk]})
    send("deputy", "/admin/users/new", values | {"roles": [world.ids("role", "company")["pk"]]})
    send("deputy", "/admin/roles/new", {"name": "Boss", "copied": world.ids("role", "company")["pk"]})
    heir = {"to": "one", "owner": world.foreigner.pk}
    send("deputy", f"/admin/users/{world.colleague.pk}/deactivate", heir)
    spread = {"to": "spread", "department": world.export.pk}
    send("deputy", f"/admin/users/{world.colleague.pk}/deactivate", spread)
    assert not Membership.objects.filter(department=world.export).exclude(user=world.foreigner).exists()
