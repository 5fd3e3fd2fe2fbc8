"""Files and persons who were erased: the bytes go at once, those of earlier values too, unless another record has them."""

import pytest

from crm.models import ValueFile
from privacy.person import Person
from privacy.person_erasure import erase_person
from tests.crm.fields.custom.files.conftest import held, put, save
from tests.crm.work.activities.attaching import on_the_disk, picture, place_of, upload

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def erase(record, *, by):
    erase_person(Person({record.table: [record.pk]}), by=by)


def test_an_erasure_removes_bytes_and_names_of_present_and_earlier_values(field, lead, bob, ada, sign_in):
    browser = sign_in(bob)
    save(browser, lead, **{field.name: upload("passport.png", picture())})
    save(browser, lead, **{field.name: upload("contract.pdf")})
    assert len(on_the_disk()) == 3
    erase(lead, by=ada)
    assert on_the_disk() == []
    assert held(field, lead) is None
    assert not ValueFile.objects.exists()
    page = sign_in(ada).get(lead.get_absolute_url()).content.decode()
    assert "contract.pdf" not in page
    assert "passport.png" not in page


def test_a_file_that_another_record_has_stays_with_it(field, filled, make_lead, bob, ada):
    other = make_lead("Eva Berg", owner=bob)
    put(field, other, field.to_python(held(field, filled)), by=bob)
    erase(filled, by=ada)
    assert place_of(held(field, other)["file"]).exists()
    assert ValueFile.objects.count() == 1
