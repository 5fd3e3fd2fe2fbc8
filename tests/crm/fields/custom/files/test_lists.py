"""Files in lists, on pages, in the history and in exported and imported files."""

import pytest

from crm.models import Change, ListSettings
from crm.records.history.timeline import get_recorded_text
from crm.records.kinds.kind_registry import KINDS
from tests.crm.fields.custom.files.conftest import address_of, change_definition, held, save
from tests.crm.transfer.exports.exporting import export, rows_of
from tests.crm.transfer.imports.importing import choose, page, verdicts
from tests.crm.transfer.imports.importing import upload as upload_sheet
from tests.crm.work.activities.attaching import picture, upload


def list_of(browser, query=""):
    return b"".join(browser.get(f"/admin/leads?all=1&{query}")).decode()


def test_the_column_downloads_the_file_by_its_name(field, filled, make_lead, bob, sign_in):
    make_lead("Other", owner=bob)
    ListSettings.objects.create(user=bob, columns={"lead": ["name", field.name]})
    shown = list_of(sign_in(bob))
    assert f'<a class="link" href="{address_of(field, filled)}" download>contract.pdf</a>' in shown


@pytest.mark.parametrize(("operator", "found"), [("empty", "Other"), ("filled", "Novák")])
def test_a_list_finds_records_with_and_without_a_file(
    field, filled, make_lead, ann, sign_in, operator, found
):
    make_lead("Other")
    shown = list_of(sign_in(ann), f"{field.name}.{operator}=yes")
    assert [name for name in ("Other", "Novák") if name in shown] == [found]


def test_a_list_is_neither_sorted_nor_searched_by_files(field, filled, ann, sign_in):
    assert not KINDS["lead"].sorts.has_sort(field.name, ann)
    assert "Novák" not in list_of(sign_in(ann), "q=contract.pdf")


def test_the_page_of_a_record_has_the_name_the_size_and_a_link(field, filled, bob, sign_in):
    shown = sign_in(bob).get(filled.get_absolute_url()).content.decode()
    assert f'href="{address_of(field, filled)}" download>contract.pdf</a>' in shown
    assert "17\xa0bytes" in shown


def test_the_page_shows_the_thumbnail_of_a_picture(field, lead, bob, sign_in):
    save(sign_in(bob), lead, **{field.name: upload("device.png", picture())})
    browser = sign_in(bob)
    shown = browser.get(lead.get_absolute_url()).content.decode()
    assert f'src="{address_of(field, lead, "/thumbnail")}"' in shown
    assert 'alt="Thumbnail of device.png"' in shown
    assert browser.get(address_of(field, lead, "/thumbnail"))["Content-Type"] == "image/webp"


def test_a_file_without_a_thumbnail_has_no_address_for_one(field, filled, bob, sign_in):
    assert sign_in(bob).get(address_of(field, filled, "/thumbnail")).status_code == 404


def test_the_timeline_names_both_files(field, filled, bob, sign_in):
    save(sign_in(bob), filled, **{field.name: upload("signed.pdf")})
    change = Change.objects.of_row("lead", filled.pk).latest("pk")
    texts = [get_recorded_text(field, recorded, bob) for recorded in change.diff[field.name]]
    assert texts == ["contract.pdf", "signed.pdf"]
    shown = sign_in(bob).get(filled.get_absolute_url()).content.decode()
    assert "changed contract" in shown
    assert "attached/" not in shown


def test_a_role_that_must_not_see_the_field_reads_nothing_of_it_in_the_timeline(
    field, filled, ada, bob, sign_in
):
    save(sign_in(bob), filled, **{field.name: upload("signed.pdf")})
    change_definition(field, roles=[ada.groups.get().pk])
    shown = sign_in(bob).get(filled.get_absolute_url()).content.decode()
    assert "signed.pdf" not in shown
    assert "contract" not in shown


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_an_exported_file_has_the_name_and_is_imported_again_without_it(field, filled, ada, sign_in):
    before, browser = held(field, filled), sign_in(ada)
    data = export(browser)
    assert [row["Contract"] for row in rows_of(data)] == ["contract.pdf"]
    imported = upload_sheet(browser, data)
    mapping = browser.get(page(imported, "columns"))
    assert "Files are uploaded in the form of a record. The column only has their names" in mapping.text
    place = [column["heading"] for column in imported.columns].index("Contract")
    assert imported.mapping[place] == ""
    assert field.name not in dict(mapping.context["form"].fields["column_0"].choices)
    assert verdicts(choose(browser, imported, "columns")) == {"unchanged": 1}
    assert held(field, filled) == before


def test_the_page_of_a_merge_compares_files_by_name(field, filled, make_lead, ada, sign_in):
    other = make_lead("Eva Berg")
    save(sign_in(ada), other, **{field.name: upload("other.pdf")})
    shown = (
        sign_in(ada)
        .get(f"/admin/duplicates/merge/lead?record={filled.pk}&record={other.pk}")
        .content.decode()
    )
    assert "contract.pdf" in shown
    assert "other.pdf" in shown
    assert "attached/" not in shown


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_the_values_of_the_field_are_downloaded_as_names(field, filled, ada, sign_in):
    answer = sign_in(ada).post(f"/admin/leads/fields/{field.definition.pk}/values")
    rows = rows_of(b"".join(answer.streaming_content))
    assert [row["Contract"] for row in rows] == ["contract.pdf"]


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_an_import_adds_records_without_a_required_file(field, ada, sign_in):
    change_definition(field, required=True)
    browser = sign_in(ada)
    imported = upload_sheet(browser, [["Last name", "Email"], ["Berg", "berg@example.com"]], "fair.xlsx")
    assert verdicts(choose(browser, imported, "columns")) == {"new": 1}
