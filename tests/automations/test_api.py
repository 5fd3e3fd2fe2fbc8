"""API v2: automations with their sentences and logs, and turning them on and off."""

import pytest
from django.contrib.auth.models import Permission

from crm.models import Operation
from tests.api.conftest import umbra
from tests.automations.automating import make_automation, work

__all__ = ["umbra"]

pytestmark = pytest.mark.django_db

AUTOMATIONS = "/api/v2/automations"


@pytest.fixture
def to_cluj(ada):
    return make_automation("Cluj", ada, conditions="country=RO")


def test_automations_are_listed_in_their_order_with_their_sentences(umbra, ada, to_cluj):
    make_automation("Other", ada, turned_on=False)
    first, second = umbra(ada).get(AUTOMATIONS)["automations"]
    assert (first["name"], first["of"], first["turned_on"], first["owner"]) == ("Cluj", "lead", True, ada.pk)
    assert (first["when"], first["conditions"]) == ("When a lead is added", "country Romania")
    assert first["steps"] == ["Set a field: City, Cluj"]
    assert (second["name"], second["turned_on"]) == ("Other", False)
    assert umbra(ada).get(f"{AUTOMATIONS}/{to_cluj.pk}") == first


def test_turning_one_off_and_on_is_a_change_only_if_it_changes_something(umbra, ada, to_cluj):
    program, page = umbra(ada), f"{AUTOMATIONS}/{to_cluj.pk}"
    for turned_on, changes in ((True, 0), (False, 1), (False, 1), (True, 2)):
        assert program.put(page, {"turned_on": turned_on})["turned_on"] is turned_on
        assert Operation.objects.filter(kind="edit_automation").count() == changes
    assert Operation.objects.filter(kind="edit_automation").latest("pk").parameters["act"] == "on"


def test_the_log_has_outcomes_reasons_and_conditions_page_by_page(umbra, ada, to_cluj, make_lead):
    acted, unmet = make_lead(country="RO"), make_lead("Ana Albu", country="CZ")
    work()
    program, page = umbra(ada), f"{AUTOMATIONS}/{to_cluj.pk}/runs"
    first = program.get(f"{page}?limit=1")
    (line,) = first["runs"]
    assert (line["record"], line["outcome"], line["unmet"]) == (unmet.pk, "unmet", ["country Romania"])
    second = program.get(f"{page}?before={first['next']}")
    (line,) = second["runs"]
    assert (line["record"], line["outcome"], second["next"]) == (acted.pk, "acted", None)
    assert Operation.objects.get(pk=line["written"]).kind == "run_automation"
    for query in ("outcome=acted", f"record={acted.pk}"):
        assert [one["record"] for one in program.get(f"{page}?{query}")["runs"]] == [acted.pk]


def test_the_log_has_only_records_that_the_user_sees(umbra, ada, carla, departments, make_lead):
    automation = make_automation("Cluj", ada)
    make_lead("Ana Albu", department=departments.sales)
    own = make_lead("Jan Novák", department=departments.export)
    work()
    carla.groups.get().permissions.add(Permission.objects.get(codename="view_automation"))
    runs = umbra(carla).get(f"{AUTOMATIONS}/{automation.pk}/runs")["runs"]
    assert [one["record"] for one in runs] == [own.pk]


def test_who_has_fewer_permissions_than_the_owner_turns_nothing_off(umbra, carla, to_cluj):
    names = ["view_automation", "change_automation"]
    carla.groups.get().permissions.add(*Permission.objects.filter(codename__in=names))
    program = umbra(carla)
    assert len(program.get(AUTOMATIONS)["automations"]) == 1
    program.put(f"{AUTOMATIONS}/{to_cluj.pk}", {"turned_on": False}, expect=403)
    to_cluj.refresh_from_db()
    assert to_cluj.turned_on
