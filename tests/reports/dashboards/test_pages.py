"""The pages of dashboards: adding reports, cards that load after the page, and what the palette and a deactivation say."""

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.platform.web.transactions import CountedLater
from reports.dashboards import dashboard_cards
from reports.dashboards.addable_reports import SUGGESTED
from reports.models import Dashboard, DashboardPart, Report
from reports.schedules.report_uses import find_report_uses
from reports.standard_reports import SHIPPED


@pytest.fixture
def browser(sign_in, ann):
    return sign_in(ann)


def url(name: str, *arguments) -> str:
    return reverse(f"reports:{name}", args=arguments)


def titles(answer) -> list[str]:
    return [card.title for card in answer.context["cards"]]


def test_a_new_dashboard_suggests_reports_and_one_click_adds_them(browser):
    made = browser.post(url("dashboard_new"), {"name": "Monday", "audience": ""}, follow=True)
    dashboard = Dashboard.objects.get()
    assert made.redirect_chain[-1][0] == url("dashboard", dashboard.pk)
    assert [one.name for one in made.context["suggested"]] == list(SUGGESTED)
    browser.post(url("dashboard_add", dashboard.pk), {"report": "people"})
    assert [(part.shipped, part.query) for part in dashboard.parts.all()] == [("people", "period=this_month")]
    page = browser.post(url("dashboard_add", dashboard.pk), {"report": list(SUGGESTED)}, follow=True)
    assert len(titles(page)) == len(SUGGESTED)
    assert not page.context["suggested"]
    assert "Added 5 reports to “Monday”." in page.text


@pytest.mark.parametrize("name", SUGGESTED)
def test_a_suggested_report_has_a_period_that_can_be_read(name, browser, monday):
    part = DashboardPart.objects.create(dashboard=monday.dashboard, shipped=name, query=SUGGESTED[name])
    contents = browser.get(url("dashboard_part", monday.dashboard.pk, part.pk)).context["contents"]
    assert contents.tile
    assert "available" not in contents.tile


def test_a_report_that_is_not_offered_is_not_added(browser, monday, bob):
    foreign = Report.objects.create(owner=bob, name="Bob's", query="measure=leads")
    names = ["weather", f"saved-{foreign.pk}", "funnel", ""]
    page = browser.post(url("dashboard_add", monday.dashboard.pk), {"report": names}, follow=True)
    assert titles(page) == ["Funnel", "My owners"]


def test_a_report_is_added_from_its_page_with_its_period_and_filters(browser, ann):
    page = browser.get(url("report", "sources") + "?period=last30&owner=me").text
    path = url("add_shipped", "sources")
    assert f'href="{path}?period=last30&amp;owner=me"' in page
    browser.post(f"{path}?period=last30&owner=me", {"dashboard": "", "name": "Mine"})
    part = DashboardPart.objects.get()
    assert (part.dashboard.name, part.dashboard.owner, part.shipped) == ("Mine", ann, "sources")
    assert part.query == "period=last30&owner=me"


def test_a_saved_report_is_added_to_a_dashboard_that_is_there(browser, monday, ann):
    report = Report.objects.create(owner=ann, name="Later", query="measure=won")
    assert url("add_saved", report.pk) in browser.get(url("saved", report.pk), follow=True).text
    page = browser.post(
        url("add_saved", report.pk), {"dashboard": monday.dashboard.pk, "name": ""}, follow=True
    )
    assert titles(page) == ["Funnel", "My owners", "Later"]


def test_adding_without_a_dashboard_and_a_name_says_what_is_missing(browser):
    answer = browser.post(url("add_shipped", "funnel"), {"dashboard": "", "name": " "})
    assert answer.status_code == 422
    assert "Enter a name for the new dashboard." in answer.text
    assert not Dashboard.objects.exists()


def test_a_report_is_added_only_to_own_dashboards(browser, carla, departments):
    other = Dashboard.objects.create(owner=carla, name="Carla's", department=departments.sales)
    answer = browser.post(url("add_shipped", "funnel"), {"dashboard": other.pk, "name": ""})
    assert answer.status_code == 422
    assert not DashboardPart.objects.exists()


def test_a_thirteenth_report_is_refused_with_a_sentence(browser, monday):
    dashboard = monday.dashboard
    shipped = [one.name for one in SHIPPED if one.name != "funnel"][:10]
    DashboardPart.objects.bulk_create(DashboardPart(dashboard=dashboard, shipped=name) for name in shipped)
    answer = browser.post(url("add_shipped", "imports"), {"dashboard": dashboard.pk, "name": ""})
    assert answer.status_code == 422
    assert "A dashboard has at most 12 reports. Remove another one first." in answer.text
    assert dashboard.parts.count() == 12
    assert "Remove one before you add another." in browser.get(url("dashboard", dashboard.pk)).text


def test_the_page_counts_nothing_and_each_card_loads_by_itself(browser, monday, make_lead, ann, monkeypatch):
    make_lead("Jan Novák", owner=ann)
    with monkeypatch.context() as patched:
        patched.setattr("reports.display.report_cards.get_answer", None)
        page = browser.get(url("dashboard", monday.dashboard.pk)).text
    for part in (monday.shipped, monday.saved):
        assert f'hx-get="{url("dashboard_part", monday.dashboard.pk, part.pk)}"' in page
    assert 'class="chart' in browser.get(url("dashboard_part", monday.dashboard.pk, monday.shipped.pk)).text
    complete = browser.get(url("dashboard", monday.dashboard.pk) + "?complete=1").text
    assert "hx-get" not in complete.partition('class="dashboard"')[2].partition("<form")[0]
    assert "Loading…" not in complete


@pytest.mark.parametrize("problem", ["fails", "takes long"])
def test_a_part_that_cannot_be_counted_says_so_and_the_others_stay(problem, browser, monday, monkeypatch):
    deferred, build = [], dashboard_cards.build_card_answer

    def build_others(part, user):
        if part.shipped and problem == "fails":
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
        if part.shipped:
            raise CountedLater(lambda: deferred.append(part.pk))
        return build(part, user)

    monkeypatch.setattr(dashboard_cards, "build_card_answer", build_others)
    page = browser.get(url("dashboard", monday.dashboard.pk) + "?complete=1")
    assert page.status_code == 200
    assert "No data in this period." in page.text
    words = {
        "fails": "This report couldn’t be counted. Load the page again.",
        "takes long": "This report takes a while: its numbers are being counted.",
    }
    assert words[problem] in page.text
    assert deferred == ([monday.shipped.pk] if problem == "takes long" else [])
    part = browser.get(url("dashboard_part", monday.dashboard.pk, monday.shipped.pk)).text
    # What is being counted is asked for again.
    assert ("load delay:4s" in part) == (problem == "takes long")


def test_a_lost_connection_is_not_one_parts_fault(browser, monday, monkeypatch):
    def lose(part, user):
        raise DatabaseError

    monkeypatch.setattr(dashboard_cards, "build_card_answer", lose)
    monkeypatch.setattr(dashboard_cards, "is_connection_lost", lambda error: True)
    with pytest.raises(DatabaseError):
        browser.get(url("dashboard_part", monday.dashboard.pk, monday.shipped.pk))


def count_queries(browser, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(path).status_code == 200
    return len(captured)


def test_the_page_takes_the_same_queries_however_many_parts_and_dashboards_there_are(browser, monday, ann):
    paths = [url("dashboard", monday.dashboard.pk), url("dashboards")]
    before = [[count_queries(browser, path) for path in paths] for _again in range(2)][-1]
    report = Report.objects.create(owner=ann, name="Another", query="measure=leads")
    for values in ({"shipped": "people"}, {"shipped": "sources"}, {"report": report}):
        DashboardPart.objects.create(dashboard=monday.dashboard, **values)
        Dashboard.objects.create(owner=ann, name="More")
    assert [count_queries(browser, path) for path in paths] == before


def test_a_part_gets_wide_and_narrow_again_and_is_removed(browser, monday):
    path = url("dashboard_width", monday.dashboard.pk, monday.saved.pk)
    browser.post(path, {"wide": "1"})
    assert DashboardPart.objects.get(pk=monday.saved.pk).wide
    browser.post(path)
    assert not DashboardPart.objects.get(pk=monday.saved.pk).wide
    page = browser.post(url("dashboard_remove", monday.dashboard.pk, monday.saved.pk), follow=True)
    assert titles(page) == ["Funnel"]
    assert Report.objects.filter(pk=monday.report.pk).exists()


@pytest.mark.parametrize("data", [{}, {"earlier": "moon"}, {"row": "moon", "after": ""}, {"row": "9" * 30}])
def test_a_move_that_cannot_be_read_moves_nothing_and_says_so(data, browser, monday):
    path = url("dashboard_order", monday.dashboard.pk)
    page = browser.post(path, {"version": "1", **data}, follow=True)
    assert "The dashboard has changed in the meantime. Here it is as it is now." in page.text
    assert titles(page) == ["Funnel", "My owners"]


def test_a_second_tab_with_the_older_order_moves_nothing(browser, monday):
    path = url("dashboard_order", monday.dashboard.pk)
    first = {"version": "1", "row": monday.saved.pk, "after": ""}
    answer = browser.post(path, first, headers={"HX-Request": "true"})
    assert 'id="dashboard-version" value="2"' in answer.text
    page = browser.post(path, {**first, "row": monday.shipped.pk}, follow=True)
    assert "The dashboard has changed in the meantime." in page.text
    assert titles(page) == ["My owners", "Funnel"]


def test_a_dashboard_is_found_in_the_palette_by_those_who_see_it(browser, monday, carla, sign_in):
    label = "Dashboard: Monday"
    assert label in browser.get("/admin/jump", {"q": "monday"}).text
    assert label not in sign_in(carla).get("/admin/jump", {"q": "monday"}).text


def test_the_list_has_own_and_shared_dashboards(browser, monday, carla, departments):
    Dashboard.objects.create(owner=carla, name="From Carla", department=departments.sales)
    Dashboard.objects.create(owner=carla, name="Carla's own")
    page = browser.get(url("dashboards"))
    assert [row.name for row in page.context["own"]] == ["Monday"]
    assert [row.name for row in page.context["shared"]] == ["From Carla"]
    assert f"By {carla}, for {departments.sales}" in page.text


def test_sharing_and_deleting_a_dashboard(browser, monday, departments):
    audience = f"department-{departments.sales.pk}"
    browser.post(url("dashboard_edit", monday.dashboard.pk), {"name": "Tuesday", "audience": audience})
    dashboard = Dashboard.objects.get()
    assert (dashboard.name, dashboard.department) == ("Tuesday", departments.sales)
    assert (
        "Everyone it’s shared with loses it too." in browser.get(url("dashboard_delete", dashboard.pk)).text
    )
    browser.post(url("dashboard_delete", dashboard.pk))
    assert not Dashboard.objects.exists()
    assert Report.objects.filter(pk=monday.report.pk).exists()


def test_the_page_that_deactivates_a_user_names_their_shared_dashboards(ann, ada, monday, departments):
    assert not find_report_uses(ann, ada)
    Dashboard.objects.update(department=departments.sales)
    (uses,) = find_report_uses(ann, ada)
    assert "1 dashboard of this user is shared." in str(uses)
