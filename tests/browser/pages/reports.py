"""The pages of reports."""

from datetime import UTC, datetime

# Conditions whose words are wider than a phone, with and without spaces.
LONG = (
    f"company.contains={'Societatea+Comerciala+' * 4}&city.contains={'Llanfairpwllgwyngyll' * 5}"
    f"&any.company.starts={'Donaudampfschifffahrt' * 5}&any.vip=yes&q={'x' * 150}"
)

REPORTS = {
    "reports:report": "/admin/reports/funnel",
    "reports:build": "/admin/reports/new",
    "reports:save": "/admin/reports/save",
    "reports:edit": "/admin/reports/saved/{report}/edit",
    "reports:delete": "/admin/reports/saved/{report}/delete",
    "reports:dashboards": "/admin/reports/dashboards",
    "reports:dashboard_new": "/admin/reports/dashboards/new",
    "reports:dashboard": "/admin/reports/dashboards/{dashboard}?complete=1",
    "a new dashboard": "/admin/reports/dashboards/{empty_dashboard}",
    "reports:dashboard_edit": "/admin/reports/dashboards/{dashboard}/edit",
    "reports:dashboard_delete": "/admin/reports/dashboards/{dashboard}/delete",
    "reports:add_shipped": "/admin/reports/funnel/dashboard",
    "reports:add_saved": "/admin/reports/saved/{report}/dashboard",
    "reports:schedule_dashboard": "/admin/reports/dashboards/{dashboard}/schedule",
    "reports:schedules": "/admin/reports/schedules",
    "reports:schedule_shipped": "/admin/reports/funnel/schedule",
    "reports:schedule_saved": "/admin/reports/saved/{report}/schedule",
    "reports:schedule_edit": "/admin/reports/schedules/{schedule}",
    "reports:schedule_send": "/admin/reports/schedules/{schedule}/send",
    "reports:goals": "/admin/reports/goals",
    "reports:goal_new": "/admin/reports/goals/new",
    "reports:goal_edit": "/admin/reports/goals/{goal}",
    "the report of sources": "/admin/reports/sources",
    "the report of lost leads": "/admin/reports/lost?period=all",
    "the report of stuck leads": "/admin/reports/stuck?sort=-stuck",
    "the report of untouched leads": "/admin/reports/untouched",
    "the report of leads that came in": "/admin/reports/incoming?period=last365",
    "the report that compares reps": "/admin/reports/reps?period=last90",
    "the report of pipeline changes": "/admin/reports/changes?period=last365",
    "the report of first contacts": "/admin/reports/first_contact?period=last365",
    "a sorted report by two fields": "/admin/reports/new?measure=leads&by=source&by=status&sort=leads",
    "a report over time by source": "/admin/reports/new?measure=leads&by=month&by=source&picture=line",
    "a report of a year of days": "/admin/reports/new?measure=leads&by=day&picture=line&period=last365",
    "a report with bars below zero": "/admin/reports/new?measure=return&by=source&picture=bar&period=last_month",
    "a report of leads with long conditions": f"/admin/reports/funnel?{LONG}",
    "a report of leads with long conditions, composed": f"/admin/reports/new?measure=leads&{LONG}",
}


def save_a_report(browser) -> None:
    browser.get("/admin/reports/save?measure=leads")
    browser.post("/admin/reports/save?measure=leads", name="Winterqq", audience="")
    browser.post("/admin/reports/funnel/schedule", every="monthly", weekday="0", day="31", hour="8")
    browser.post("/admin/reports/dashboards/new", name="Emptyqq", audience="")
    for report in ("funnel", "sources", "untouched"):
        browser.post(f"/admin/reports/{report}/dashboard", name="Mondayqq", dashboard="")
    month = f"{datetime.now(UTC):%Y-%m}"
    browser.post("/admin/reports/goals/new", month=month, whose="company", measure="meetings", target="90")
