"""The tags' settings: who may open them, names, and merging one tag into another."""

import pytest
from django.urls import reverse

from crm.models import Job, Operation, SavedView, Tag
from crm.platform.jobs import JOB_KINDS, JobProblem
from crm.platform.jobs.job_kinds import describe_job
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from leads.models import Lead
from tests.crm.records.history.undo.test_every_verb import all_tables

LIST = "/admin/leads/tags"
RIGHTS = ["view_tag", "add_tag", "change_tag", "delete_tag"]
PAGES = {
    "list": (LIST, ["view_tag"]),
    "new": (f"{LIST}/new", ["add_tag"]),
    "edit": (f"{LIST}/%d", ["change_tag"]),
    "merge": (f"{LIST}/merge?row=%d", ["delete_tag", "change_lead"]),
    "bulk retire": ("/admin/leads/tags/bulk?action=retire&row=%d", ["change_tag"]),
    "bulk export": ("/admin/leads/tags/bulk?action=export&row=%d", ["view_tag"]),
}


@pytest.mark.parametrize("page", PAGES)
def test_each_page_requires_its_permission(page, sign_in, someone_with, make_tag):
    address, rights = PAGES[page]
    address = address % make_tag("hot").pk if "%d" in address else address
    assert sign_in(someone_with(*rights)).get(address).status_code == 200
    others = [name for name in RIGHTS if name not in rights]
    assert sign_in(someone_with(*others, name="mallory")).get(address).status_code == 403


@pytest.mark.parametrize("name", ["ann", "bob", "oscar", "sofia", "conrad"])
def test_sales_reps_do_not_see_the_settings(name, cast, sign_in):
    assert sign_in(getattr(cast, name)).get(LIST).status_code == 403


@pytest.mark.parametrize(
    ("right", "end"), [("add_tag", "/new"), ("change_tag", "/%d"), ("delete_tag", "/merge?row=%d")]
)
def test_the_list_offers_only_what_its_reader_may_do(right, end, sign_in, someone_with, make_tag):
    end = end % make_tag("hot").pk if "%d" in end else end
    offered = f'href="{LIST}{end}"'
    assert offered in sign_in(someone_with("view_tag", right)).get(LIST).text
    assert offered not in sign_in(someone_with("view_tag", name="mallory")).get(LIST).text


def test_the_list_counts_the_leads_of_each_tag_and_is_sorted(sign_in, ada, make_tag, make_lead):
    hot, cold = make_tag("hot"), make_tag("Cold")
    make_lead("A", tags=[hot.pk, cold.pk])
    make_lead("B", tags=[hot.pk])
    make_lead("C", tags=[hot.pk], deleted_at="2026-01-01T00:00Z")
    browser = sign_in(ada)

    def shown(query):
        table = browser.get(f"{LIST}?{query}").context["table"]
        return [(row.name, table.numbers[row.pk]) for row in table.data]

    assert shown("") == [("Cold", 1), ("hot", 2)]
    assert shown("sort=-leads") == [("hot", 2), ("Cold", 1)]
    assert shown("q=HO") == [("hot", 2)]


def test_more_than_a_page_of_tags_is_paged_without_losing_any(sign_in, ada):
    with operation("test", by=None):
        Tag.objects.bulk_create(Tag(name=f"tag {number:03}") for number in range(250))
    browser = sign_in(ada)
    pages = [browser.get(f"{LIST}?page={page}") for page in (1, 2, 3)]
    names = [row.name for page in pages for row in page.context["table"].data]
    assert len(set(names)) == 250
    assert "101–200 of 250" in pages[1].content.decode()


def test_a_tag_is_added_renamed_and_undone(sign_in, ada):
    browser = sign_in(ada)
    browser.post(f"{LIST}/new", {"name": "  very   hot "})
    tag = Tag.objects.get()
    assert tag.name == "very hot"
    browser.post(f"{LIST}/{tag.pk}", {"name": "hot", "version": tag.version})
    revert_operation(Operation.objects.get(kind="edit_tag"), by=ada)
    tag.refresh_from_db()
    assert tag.name == "very hot"
    revert_operation(Operation.objects.get(kind="add_tag"), by=ada)
    tag.refresh_from_db()
    assert tag.retired


def test_undoing_a_new_tag_keeps_it_if_leads_use_it(sign_in, ada, make_lead):
    sign_in(ada).post(f"{LIST}/new", {"name": "hot"})
    tag = Tag.objects.get()
    make_lead(tags=[tag.pk])
    revert_operation(Operation.objects.get(kind="add_tag"), by=ada)
    tag.refresh_from_db()
    assert not tag.retired


@pytest.mark.parametrize("name", ["", "HOT", " hot ", "x" * 61])
def test_a_bad_name_is_an_error_on_its_field_and_stays_in_the_form(name, sign_in, ada, make_tag):
    make_tag("hot")
    answer = sign_in(ada).post(f"{LIST}/new", {"name": name})
    assert answer.status_code == 422
    assert "name" in answer.context["form"].errors
    assert Tag.objects.count() == 1


def test_a_tag_can_be_retired_and_used_again(sign_in, ada, make_tag):
    tag = make_tag("hot")
    browser = sign_in(ada)
    browser.post(f"{LIST}/{tag.pk}", {"name": "hot", "retired": "on", "version": tag.version})
    tag.refresh_from_db()
    assert tag.retired
    browser.post(f"/admin/leads/tags/bulk?action=activate&row={tag.pk}")
    tag.refresh_from_db()
    assert not tag.retired


# Merging


@pytest.fixture
def scene(ann, departments, make_lead, make_tag):
    """Three leads with tags, one of them in Trash, one in another department; a saved view."""
    hot, warm, other = make_tag("hot"), make_tag("warm"), make_tag("other")
    make_lead("A", tags=[hot.pk, other.pk])
    make_lead("B", tags=[hot.pk, warm.pk], department=departments.export)
    make_lead("C", tags=[hot.pk], deleted_at="2026-01-01T00:00Z")
    make_lead("D", tags=[other.pk])
    SavedView.objects.create(table="lead", owner=ann, name="Hot", query=f"tags={hot.pk}&tags={warm.pk}")
    return hot, warm, other


def test_merging_gives_leads_and_views_the_other_tag_and_undo_restores_everything(scene, sign_in, ada):
    hot, warm, other = scene
    browser = sign_in(ada)
    before = all_tables()
    answer = browser.post(f"{LIST}/merge?row={hot.pk}", {"into": warm.pk}, follow=True)
    assert "Merged hot into warm." in answer.content.decode()
    tags = dict(Lead.objects.values_list("last_name", "tags"))
    assert tags == {"A": [warm.pk, other.pk], "B": [warm.pk], "C": [warm.pk], "D": [other.pk]}
    hot.refresh_from_db()
    assert hot.retired
    assert SavedView.objects.get().query == f"tags={warm.pk}"
    record = Operation.objects.get(kind="merge_tags")
    assert record.changed == 3
    revert_operation(record, by=ada)
    assert all_tables() == before


def test_a_merged_tag_is_replaced_on_records_of_every_type_and_undo_restores_it(
    sign_in, ada, make_tag, make_company, make_contact
):
    hot, warm = make_tag("hot"), make_tag("warm")
    company, contact = make_company(tags=[hot.pk]), make_contact(tags=[hot.pk, warm.pk])
    browser, before = sign_in(ada), all_tables()
    browser.post(f"{LIST}/merge?row={hot.pk}", {"into": warm.pk})
    company.refresh_from_db()
    contact.refresh_from_db()
    assert (company.tags, contact.tags) == ([warm.pk], [warm.pk])
    revert_operation(Operation.objects.get(kind="merge_tags"), by=ada)
    assert all_tables() == before


@pytest.mark.parametrize("into", ["", "itself", "retired", "x"])
def test_a_tag_can_only_be_merged_into_another_active_tag(into, scene, sign_in, ada):
    hot, warm, _other = scene
    with operation("test", by=None):
        Tag.objects.filter(pk=warm.pk).update(retired=True)
    values = {"itself": hot.pk, "retired": warm.pk}
    answer = sign_in(ada).post(f"{LIST}/merge?row={hot.pk}", {"into": values.get(into, into)})
    assert answer.status_code == 422
    assert not Operation.objects.filter(kind="merge_tags").exists()


def test_merging_a_tag_requires_permission_for_all_of_its_leads(scene, sign_in, someone_with):
    hot, warm, _other = scene
    eve = someone_with("view_lead", "change_lead", "see_departments", "delete_tag")
    answer = sign_in(eve).post(f"{LIST}/merge?row={hot.pk}", {"into": warm.pk})
    assert answer.status_code == 409
    assert Lead.objects.filter(tags__contains=[hot.pk]).count() == 3


def test_several_thousand_leads_are_changed_by_a_job(scene, sign_in, ada, bob, monkeypatch):
    hot, warm, _other = scene
    monkeypatch.setattr("leads.settings.views.merge.ROWS_AT_ONCE", 2)
    answer = sign_in(ada).post(f"{LIST}/merge?row={hot.pk}", {"into": warm.pk})
    job = Job.objects.get(kind="merge_settings")
    assert answer["Location"] == reverse("job", args=[job.pk])
    assert JOB_KINDS["merge_settings"].work(job, lambda done, total: None).changed == 3
    job.user = bob
    with pytest.raises(JobProblem, match="no longer have permission"):
        JOB_KINDS["merge_settings"].work(job, lambda done, total: None)


def test_a_job_says_why_it_merged_nothing(scene, ada):
    hot, warm, _other = scene
    with operation("test", by=None):
        Tag.objects.filter(pk=warm.pk).update(retired=True)
    arguments = {"table": "tag", "rows": [hot.pk], "into": warm.pk}
    job = Job.objects.create(kind="merge_settings", user=ada, arguments=arguments)
    with pytest.raises(JobProblem, match="no longer in use"):
        JOB_KINDS["merge_settings"].work(job, lambda done, total: None)


def test_a_job_that_was_queued_before_an_update_still_merges_its_tag(scene, ada):
    hot, warm, _other = scene
    job = Job.objects.create(kind="merge_tags", user=ada, arguments={"pk": hot.pk, "into": warm.pk})
    assert describe_job(job) == "Merging hot"
    assert JOB_KINDS["merge_tags"].work(job, lambda done, total: None).changed == 3
