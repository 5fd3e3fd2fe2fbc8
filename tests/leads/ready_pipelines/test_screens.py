"""The pages of the ready-made pipelines: who may open them, what they show, and using one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.models import Operation
from leads.models import Status
from leads.ready_pipelines.catalog import READY_PIPELINES
from leads.ready_pipelines.permissions import RIGHTS

LIST = "/admin/leads/pipelines/ready"
AGENCY = f"{LIST}/agency"
CODES = [right.partition(".")[2] for right in RIGHTS]


def text_of(page) -> str:
    """The main part of a page, its spaces as one."""
    return " ".join(page.text.partition("<main")[2].split())


def test_the_list_is_for_those_who_change_pipelines(sign_in, someone_with):
    page = sign_in(someone_with("change_pipeline")).get(LIST)
    assert page.status_code == 200
    assert f'href="{AGENCY}"' not in page.text
    others = [code for code in CODES if code != "change_pipeline"]
    assert sign_in(someone_with(*others, name="mallory")).get(LIST).status_code == 403


def test_a_pipeline_requires_every_permission_that_the_change_needs(sign_in, someone_with):
    assert sign_in(someone_with(*CODES)).get(AGENCY).status_code == 200
    for place, missing in enumerate(CODES):
        others = [code for code in CODES if code != missing]
        browser = sign_in(someone_with(*others, name=f"mallory{place}"))
        assert browser.get(AGENCY).status_code == 403
        assert browser.post(AGENCY).status_code == 403
    assert not Operation.objects.filter(kind="use_ready_pipeline").exists()


def test_the_page_shows_what_each_of_the_five_brings(sign_in, ada):
    text = text_of(sign_in(ada).get(LIST))
    for ready in READY_PIPELINES.values():
        assert f'href="{LIST}/{ready.name}"' in text
        assert str(ready.title) in text
    assert "qualified · requires company, email, description" in text
    assert "proposal · 40% · requires amount" in text


def test_the_preview_says_what_happens_to_each_row(sign_in, ada, make_lead):
    make_lead(status="proposal")
    text = text_of(sign_in(ada).get(AGENCY))
    assert "in use · takes the place of “Proposal sent”" in text
    assert "now “Contacted”" in text
    assert "nothing uses it" in text
    assert not Operation.objects.filter(kind="use_ready_pipeline").exists()


def test_rows_that_keep_their_name_have_it_in_the_language_of_the_reader(sign_in, ada, make_lead):
    make_lead(status="proposal")
    ada.language = "ro"
    ada.save(update_fields=["language"])
    text = text_of(sign_in(ada).get(AGENCY))
    assert ">Ofertă</span>" in text
    assert "ține locul lui „Proposal sent”" in text


def test_using_it_offers_undo_and_a_second_time_changes_nothing(sign_in, ada):
    browser = sign_in(ada)
    page = browser.post(AGENCY, follow=True)
    assert "The pipeline is now that for “Agency”." in page.text
    record = Operation.objects.get(kind="use_ready_pipeline")
    assert reverse("operation_undo", args=[record.pk]) in page.text
    assert Status.objects.filter(name="Brief received", retired=False).exists()
    assert "this is your pipeline already" in text_of(browser.get(AGENCY))
    assert "Nothing was changed." in browser.post(AGENCY, follow=True).text


def test_an_unknown_pipeline_is_a_404(sign_in, ada):
    browser = sign_in(ada)
    assert browser.get(f"{LIST}/moon").status_code == 404
    assert browser.post(f"{LIST}/moon").status_code == 404


@pytest.mark.parametrize("address", ["/admin/leads/statuses", "/admin/leads/pipelines", "/admin/setup"])
def test_it_is_reached_from_the_lists_and_the_checklist(address, sign_in, ada):
    assert f'href="{LIST}"' in sign_in(ada).get(address).text


@pytest.mark.parametrize("address", ["/admin/leads/statuses", "/admin/leads/pipelines"])
def test_without_the_permissions_the_lists_have_no_link_to_it(address, sign_in, someone_with):
    browser = sign_in(someone_with("view_status", "view_pipeline"))
    assert f'href="{LIST}"' not in browser.get(address).text


def test_leads_do_not_make_the_preview_ask_more(sign_in, ada, make_lead):
    browser = sign_in(ada)
    browser.get(AGENCY)
    make_lead(status="won")
    with CaptureQueriesContext(connection) as few:
        browser.get(AGENCY)
    for number in range(20):
        make_lead(f"Ana {number}", status="won", source="website")
    with CaptureQueriesContext(connection) as many:
        browser.get(AGENCY)
    assert len(many) <= len(few)
