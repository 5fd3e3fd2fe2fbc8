"""The page of duplicates: the scan as a job, marking records as different, and the rules."""

from datetime import datetime
from unittest import mock

import pytest

from crm.models import Job, Operation
from crm.platform.jobs import run_job
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.check.rules_by_kind import get_rules_class
from crm.transfer.imports.columns.import_options import get_default_options
from duplicates.models import Distinction, DuplicateRules, Likeness, Scan
from duplicates.nightly_scan import start_nightly_scan
from tests.duplicates.conftest import groups_of

PAGE = "/admin/duplicates"
EMAIL = "ana@omnia.example"
SCORES = {
    "email": "100",
    "phone": "90",
    "domain": "80",
    "names": "95",
    "similarity": "88",
    "known_from": "100",
}
AS_DELIVERED = SCORES | {"own_api": "add", "connect_api": "add", "umbra_api": "add", "imports": "update"}


@pytest.fixture
def two(make_lead):
    return make_lead("Ana Albu", email=EMAIL, city="Cluj"), make_lead("Ana Pop", email=EMAIL, city="Sibiu")


def marked(browser, *leads):
    return browser.post(f"{PAGE}/different", {"record": [f"lead-{lead.pk}" for lead in leads]})


@pytest.mark.django_db(databases=["default", "progress"])
def test_a_scan_is_a_job_and_its_groups_show_the_differing_fields(sign_in, ann, two):
    browser = sign_in(ann)
    assert "No scan yet" in browser.get(PAGE).text
    assert browser.post(f"{PAGE}/scan").status_code == 302
    assert browser.post(f"{PAGE}/scan").status_code == 302
    job = Job.objects.get()
    assert "A scan is running" in browser.get(PAGE).text
    run_job(job_id=job.pk)
    page = browser.get(PAGE).text
    assert all(words in page for words in ("Same email", "Score 100", "Ana Albu", "Ana Pop", "Cluj", "Sibiu"))
    assert "As of" in page
    assert f"<dd>{EMAIL}</dd>" in page


def test_the_page_is_filtered_by_reason_and_record_type(two, make_contact, scanned, ada):
    make_contact("Ana Contact", email="other@omnia.example", phone_normal="+40722123456")
    make_contact("Dora Contact", email="dora@omnia.example", phone_normal="+40722123456")
    leads, contacts = ["Ana Albu", "Ana Pop"], ["Ana Contact", "Dora Contact"]
    assert scanned(ada) == [leads, contacts]
    assert groups_of(ada, reason=Likeness.Reason.PHONE) == groups_of(ada, table="contact") == [contacts]
    assert groups_of(ada, reason=Likeness.Reason.EMAIL) == groups_of(ada, table="lead") == [leads]
    assert groups_of(ada, table="company") == []


def test_records_marked_as_different_never_come_back_until_that_is_undone(sign_in, ann, two, scanned):
    assert scanned(ann) == [["Ana Albu", "Ana Pop"]]
    assert marked(sign_in(ann), *two).status_code == 302
    assert scanned(ann) == []
    record = Operation.objects.get(kind="mark_as_different")
    revert_operation(record, by=ann)
    assert scanned(ann) == [["Ana Albu", "Ana Pop"]]


def test_a_third_record_that_is_like_both_keeps_them_together(sign_in, ann, two, make_lead, scanned):
    make_lead("Ana Zet", email=EMAIL)
    scanned()
    marked(sign_in(ann), *two)
    assert groups_of(ann) == [["Ana Albu", "Ana Pop", "Ana Zet"]]


def test_only_records_that_the_user_may_change_can_be_marked(
    sign_in, carla, ann, two, make_lead, departments
):
    foreign = make_lead("Hidden", email=EMAIL, department=departments.export)
    missing = mock.Mock(pk=foreign.pk + 1000)
    shared = make_lead("Shared", email=EMAIL, department=departments.export, shared=True)
    browser = sign_in(ann)
    for other in (foreign, missing, shared, two[0]):
        marked(browser, two[0], other)
    assert not Distinction.objects.exists()
    assert browser.post(f"{PAGE}/different", {"record": ["lead-x", "deal-1", "lead-²"]}).status_code == 302


@pytest.mark.django_db(databases=["default", "progress"])
def test_a_scan_can_be_canceled_and_leaves_the_earlier_result(sign_in, ann, two, scanned, make_lead):
    scanned()
    make_lead("Ana Zet", email=EMAIL)
    browser = sign_in(ann)
    browser.post(f"{PAGE}/scan")
    job = Job.objects.get()
    browser.post(f"/admin/jobs/{job.pk}/cancel")
    run_job(job_id=job.pk)
    assert groups_of(ann) == [["Ana Albu", "Ana Pop"]]


def test_the_rules_can_be_changed_and_undone(sign_in, ada, two, make_lead, scanned):
    values = AS_DELIVERED | {"email": "0", "similarity": "100"}
    browser = sign_in(ada)
    assert browser.post(f"{PAGE}/rules", values).status_code == 302
    assert (DuplicateRules.get_current().email, DuplicateRules.get_current().warns) == (0, False)
    assert scanned(ada) == []
    revert_operation(Operation.objects.get(kind="edit_duplicate_rules"), by=ada)
    assert DuplicateRules.get_current().email == 100
    assert scanned(ada) == [["Ana Albu", "Ana Pop"]]


@pytest.mark.parametrize("similarity", ["69", "101", "x", ""])
def test_a_threshold_outside_its_range_is_not_saved(sign_in, ada, similarity):
    values = AS_DELIVERED | {"similarity": similarity}
    assert sign_in(ada).post(f"{PAGE}/rules", values).status_code == 422
    assert not DuplicateRules.objects.exists()


@pytest.mark.parametrize(("hour", "nightly", "started"), [(2, True, 1), (2, False, 0), (14, True, 0)])
def test_a_nightly_scan_starts_once_at_night(ada, in_operation, hour, nightly, started):
    with in_operation:
        DuplicateRules(pk=DuplicateRules.ROW, nightly=nightly).save()
    night = datetime(2030, 3, 4, hour, 10).astimezone()
    with mock.patch("duplicates.nightly_scan.timezone.localtime", return_value=night):
        assert start_nightly_scan() == started
        assert start_nightly_scan() == 0


def test_each_page_goes_on_where_the_last_one_ended(make_lead, scanned, sign_in, ada, monkeypatch):
    for name in ("a", "b", "c", "d", "e"):
        make_lead(f"One {name}", email=f"{name}@omnia.example", company=f"{name}{name}{name}")
        make_lead(f"Two {name}", email=f"{name}@omnia.example", company=f"{name}{name}{name}{name}")
    scanned()
    monkeypatch.setattr("duplicates.duplicate_groups.PAGE", 2)
    monkeypatch.setattr("duplicates.duplicate_groups.PORTION", 2)
    browser, address, seen = sign_in(ada), PAGE, []
    while address:
        page = browser.get(address)
        seen += [group.title for group in page.context["groups"]]
        after = page.context["next"]
        address = f"{PAGE}?after={after}" if after else ""
    assert sorted(seen) == [f"One {name}" for name in "abcde"]


@pytest.mark.parametrize("after", ["x", "1", "-1-5", "9" * 20 + "-1", "²-1"])
def test_a_place_that_does_not_exist_shows_the_first_page(sign_in, ada, two, scanned, after):
    scanned()
    assert "Ana Albu" in sign_in(ada).get(PAGE, {"after": after}).text


def test_a_sales_rep_has_no_page_of_duplicates(sign_in, bob):
    assert sign_in(bob).get(PAGE).status_code == 403
    assert sign_in(bob).post(f"{PAGE}/scan").status_code == 403
    assert not Job.objects.exists()
    assert not Scan.objects.exists()


def test_the_choices_for_each_way_in_are_saved_and_undone(sign_in, ada):
    values = AS_DELIVERED | {"known_from": "90"}
    ways = {"own_api": "update", "connect_api": "skip", "umbra_api": "add", "imports": "fill"}
    browser = sign_in(ada)
    page = browser.get(f"{PAGE}/rules").text
    assert "Web forms" in page
    assert "Incoming webhooks" in page
    assert browser.post(f"{PAGE}/rules", {**values, **ways, "own_api": "x"}).status_code == 422
    assert browser.post(f"{PAGE}/rules", values | ways).status_code == 302
    rules = DuplicateRules.get_current()
    assert {name: getattr(rules, name) for name in ways} == ways
    revert_operation(Operation.objects.get(kind="edit_duplicate_rules"), by=ada)
    assert DuplicateRules.get_current().connect_api == "add"


def test_a_new_import_proposes_the_choice_of_the_rules(in_operation, ada):
    rules = get_rules_class(KINDS["lead"])(KINDS["lead"], ada)
    assert get_default_options(rules, ["email"])["duplicates"] == "update"
    with in_operation:
        DuplicateRules(pk=DuplicateRules.ROW, imports="fill").save()
    assert get_default_options(rules, ["email"])["duplicates"] == "fill"
