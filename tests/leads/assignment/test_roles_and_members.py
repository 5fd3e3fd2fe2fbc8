"""A rule that assigns in turn takes the roles and the members that it names, not every member of the department."""

import pytest
from django.contrib.auth.models import Permission

from accounts.models import Department, Membership, Role, User
from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from leads.assignment.unusable_rules import get_idle_reasons
from leads.models import AssignmentRule
from tests.conftest import make_user
from tests.leads.assignment.assigning import come_in, make_rule
from tests.reading import close_up

pytestmark = pytest.mark.django_db

RULES = "/admin/rules"
Rule = AssignmentRule


class Team:
    """A department with two reps, a manager, and a member who can't view leads."""

    def __init__(self) -> None:
        self.department = Department.objects.create(name="Team")
        self.rep, self.manager = (Role.objects.get(key=key) for key in ("rep", "manager"))
        self.tara, self.theo = (make_user(name, "rep", [self.department]) for name in ("tara", "theo"))
        self.mara = make_user("mara", "manager", [self.department])
        self.books = make_user("books", "", [self.department])
        books = Role.objects.create(name="Bookkeeper")
        books.permissions.set(Permission.objects.filter(codename="view_report"))
        self.books.groups.add(books)


@pytest.fixture
def team(db):
    return Team()


def owners(make_lead, number: int = 4) -> list[str]:
    leads = [make_lead(f"Ana {count}") for count in range(number)]
    come_in(leads)
    return [lead.owner.name if lead.owner else "" for lead in leads]


def sent(team, **values) -> dict:
    fields = {"name": "Team", "turned_on": "on", "ways": ["form", "manual"], "assigns_to": "in_turn"}
    return {**fields, "otherwise": "next", "department": team.department.pk, **values}


def test_without_roles_and_users_all_members_who_can_view_leads_take_part(make_lead, team):
    make_rule("Team", department=team.department)
    assert owners(make_lead) == ["Tara", "Theo", "Mara", "Tara"]


def test_with_a_role_only_its_members_take_part(make_lead, team):
    make_rule("Team", department=team.department, roles=[team.rep.pk])
    assert owners(make_lead) == ["Tara", "Theo", "Tara", "Theo"]


def test_with_roles_and_users_both_take_part_also_by_fewest_open_leads(make_lead, team):
    chosen = {"roles": [team.manager.pk], "people": [team.theo.pk]}
    make_rule("Team", department=team.department, assigns_to=Rule.To.FEWEST, **chosen)
    assert sorted(owners(make_lead)) == ["Mara", "Mara", "Theo", "Theo"]


def test_a_user_who_leaves_the_department_or_is_deactivated_no_longer_takes_part(make_lead, team):
    people = [team.tara.pk, team.theo.pk, team.mara.pk]
    make_rule("Team", department=team.department, people=people)
    User.objects.filter(pk=team.tara.pk).update(is_active=False)
    Membership.objects.filter(user=team.theo).delete()
    assert owners(make_lead, 2) == ["Mara", "Mara"]


def test_a_rule_whose_users_are_all_gone_says_so_and_the_next_one_gets_the_leads(
    sign_in, ada, make_lead, team
):
    rule = make_rule("Team", department=team.department, people=[team.tara.pk])
    make_rule("Rest", user=team.theo)
    assert get_idle_reasons([rule]) == {}
    User.objects.filter(pk=team.tara.pk).update(is_active=False)
    sentence = "No active member of Team has a chosen role or is a chosen user."
    assert get_idle_reasons([rule]) == {rule.pk: sentence}
    assert sentence in sign_in(ada).get(RULES).text
    assert owners(make_lead, 2) == ["Theo", "Theo"]


def test_the_form_chooses_roles_and_users_and_the_list_names_them(sign_in, ada, team):
    browser = sign_in(ada)
    page = close_up(browser.get(f"{RULES}/new").text)
    assert "Only these roles" in page
    assert "Without a selection, all members of the department do." in page
    answer = browser.post(f"{RULES}/new", sent(team, roles=[team.rep.pk], people=[team.mara.pk]))
    assert answer.status_code == 302
    rule = Rule.objects.get()
    assert (rule.roles, rule.people) == ([team.rep.pk], [team.mara.pk])
    assert "Only Sales Rep, Mara" in browser.get(RULES).text
    page = close_up(browser.get(f"{RULES}/{rule.pk}").text)
    assert f'name="people" value="{team.mara.pk}"' in page


def test_a_change_of_the_users_is_in_the_history_and_can_be_undone(sign_in, ada, team):
    rule = make_rule("Team", department=team.department, people=[team.tara.pk])
    browser = sign_in(ada)
    version = browser.get(f"{RULES}/{rule.pk}").context["form"]["version"].value()
    values = sent(team, people=[team.tara.pk, team.theo.pk], version=version or "")
    assert browser.post(f"{RULES}/{rule.pk}", values).status_code == 302
    rule.refresh_from_db()
    assert rule.people == [team.tara.pk, team.theo.pk]
    history = close_up(browser.get(f"{RULES}/{rule.pk}").text).split("History")[-1]
    assert "Only these users" in history
    assert "Tara, Theo" in history
    revert_operation(Operation.objects.get(kind="edit_assignment_rule"), by=ada)
    rule.refresh_from_db()
    assert rule.people == [team.tara.pk]


def test_someone_of_another_department_is_refused_with_their_name(sign_in, ada, bob, team):
    page = sign_in(ada).post(f"{RULES}/new", sent(team, people=[bob.pk, team.tara.pk]))
    assert page.status_code == 422
    assert page.context["form"].errors["people"] == ["These users aren’t active members of Team: Bob."]
    page = sign_in(ada).post(f"{RULES}/new", sent(team, roles=["999999"], people=["x"]))
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"roles", "people"}
    assert not Rule.objects.exists()


def test_a_rule_for_one_user_names_no_others(sign_in, ada, bob, team):
    values = sent(team, assigns_to="user", user=bob.pk, roles=[team.rep.pk], people=[team.tara.pk])
    assert sign_in(ada).post(f"{RULES}/new", values).status_code == 302
    rule = Rule.objects.get()
    assert (rule.user, rule.department, rule.roles, rule.people) == (bob, None, [], [])


def test_the_preview_counts_only_the_chosen_users(sign_in, ada, make_lead, team):
    for number in range(4):
        make_lead(f"Ana {number}")
    values = sent(team, people=[team.theo.pk, team.mara.pk], preview="1")
    past = sign_in(ada).post(f"{RULES}/new", values).context["past"]
    assert past.parts == [("Team", [("Mara", 2), ("Theo", 2)])]
    assert not Rule.objects.exists()


def test_the_page_that_deactivates_a_user_names_the_rules_that_choose_them(sign_in, ada, team):
    make_rule("Both", department=team.department, people=[team.tara.pk, team.theo.pk])
    make_rule("Alone", department=team.department, people=[team.tara.pk])
    page = close_up(sign_in(ada).get(f"/admin/users/{team.tara.pk}/deactivate").text)
    assert "1 assignment rule names this user among others. It assigns leads to the others:" in page
    assert "of whom only this user is left. It’s skipped until another active member takes part:" in page
    assert page.count(">Both</a>") == page.count(">Alone</a>") == 1


def test_the_page_of_a_role_names_the_rules_that_choose_it(sign_in, ada, team):
    make_rule("Reps", department=team.department, roles=[team.rep.pk])
    make_rule("Managers", department=team.department, roles=[team.manager.pk])
    page = sign_in(ada).get(f"/admin/roles/{team.rep.pk}").text
    assert "1 assignment rule assigns leads to members with this role." in page
    assert ">Reps</a>" in page
    assert ">Managers</a>" not in page
