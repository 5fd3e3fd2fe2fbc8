"""Links and persons who were erased: a link says nothing by itself, so it stays, and the name behind it is gone."""

import pytest

from privacy.person import Person
from privacy.person_erasure import erase_person
from tests.crm.fields.custom.links.conftest import link, linked_pk

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def test_a_link_to_an_erased_person_stays_and_names_nobody(make_field, lead, make_lead, bob, ada, sign_in):
    field = make_field("Referred by", "link", links_to="lead", other_side="Referred leads")
    zebulon = make_lead("Zebulon Quist", owner=bob, email="zq@example.com")
    link(field, lead, zebulon, by=bob)
    erase_person(Person({"lead": [zebulon.pk]}), by=ada)
    assert linked_pk(field, lead) == zebulon.pk
    page = sign_in(bob).get(lead.get_absolute_url()).content.decode()
    assert "Quist" not in page
    assert "Erased person" in page
