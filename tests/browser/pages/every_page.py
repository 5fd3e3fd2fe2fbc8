"""The pages to check: by URL name, the user who opens them, and where their ids come from."""

import re
from datetime import datetime, timedelta

import psycopg

from tests.browser.pages.bookings import BOOKINGS, add_a_booking_page
from tests.browser.pages.ids import QUERIES
from tests.browser.pages.intake import INTAKE, receive_a_call, receive_a_form
from tests.browser.pages.kinds import pages_of, pages_of_board
from tests.browser.pages.mailings import MAILINGS, add_mailings
from tests.browser.pages.privacy import PRIVACY, add_privacy
from tests.browser.pages.reports import LONG, REPORTS, save_a_report
from tests.browser.pages.rules import assign_by_rule, let_an_automation_act
from tests.browser.pages.statements import (
    ASSISTANT,
    MAILBOX,
    OWN_CALENDAR,
    OWN_MAILBOX,
    PROVIDER,
    SCORE_PROPOSAL,
    STALE_DEVICE,
)
from tests.browser.records.scan import FILES
from tests.hard.running import Browser, Leadwell

# URL name → the path, with the names of `find_things` in braces.
PAGES = {
    "login": "/login",
    "password_reset": "/password/forgotten",
    "password_reset_sent": "/password/sent",
    "offline": "/offline",
    "password_change": "/password/change",
    "confirm": "/confirm",
    "two_step": "/profile/two-step",
    "authenticator_app": "/profile/two-step/app",
    "profile": "/profile",
    "notifications": "/notifications",
    "settings": "/admin/settings",
    "settings found by other names": "/admin/settings?q=stages",
    "backups": "/admin/backups",
    "users": "/admin/users",
    "user_new": "/admin/users/new",
    "user": "/admin/users/{user}",
    "user_edit": "/admin/users/{user}/edit",
    "user_deactivate": "/admin/users/{user}/deactivate",
    "user_reset": "/admin/users/{user}/reset",
    "user_sees": "/admin/users/{user}/sees",
    "company": "/admin/company",
    "setup": "/admin/setup",
    "demo_removal": "/admin/demo",
    "departments": "/admin/departments",
    "department_new": "/admin/departments/new",
    "department": "/admin/departments/{department}",
    "department_retire": "/admin/departments/{department}/retire",
    "calendar": "/admin/calendar",
    "calendar_feed": "/profile/calendar",
    "working_hours": "/admin/departments/{department}/hours",
    "absences": "/admin/users/{user}/absences",
    "sign_on": "/admin/sign-on",
    "sign_on_provider_new": "/admin/sign-on/new",
    "sign_on_provider": "/admin/sign-on/{provider}",
    "sign_on_mapping": "/admin/sign-on/{provider}/mapping",
    "roles": "/admin/roles",
    "role_new": "/admin/roles/new",
    "role": "/admin/roles/{role}",
    "leads:list": "/admin/leads?all=1",
    "leads:count": "/admin/leads/count",
    "leads:filter": "/admin/leads/filter?status={status}&q=a",
    "leads:add_filter": "/admin/leads/filter/add?status={status}",
    "leads:filter_by": "/admin/leads/filter/value?query=value.above%3D5",
    "leads:columns": "/admin/leads/columns",
    "leads:column": "/admin/leads/columns/company",
    "leads:views": "/admin/leads/views",
    "leads:save_view": "/admin/leads/views/new?vip=yes",
    "leads:edit_view": "/admin/leads/views/{view}",
    "leads:remove_view": "/admin/leads/views/{view}/remove",
    "jump": "/admin/jump?q=an",
    "leads:trash": "/admin/leads/trash",
    "leads:import": "/admin/leads/import",
    "leads:export": "/admin/leads/export?all=1",
    "today": "/admin/today",
    "arrange": "/admin/today/arrange",
    "leads:preview": "/admin/leads/bulk/{set}/vip",
    "leads:new": "/admin/leads/new",
    "leads:named": "/admin/leads/named?q=a",
    "duplicates:known_lead": "/admin/duplicates/known/lead?company=s",
    "duplicates:known_contact": "/admin/duplicates/known/contact?last_name=s",
    "duplicates:known_company": "/admin/duplicates/known/company?name=s",
    "duplicates:merge_lead": "/admin/duplicates/merge/lead?set={set}",
    "duplicates:list": "/admin/duplicates",
    "duplicates:exact": "/admin/duplicates/exact",
    "duplicates:rules": "/admin/duplicates/rules",
    "leads:record": "/admin/leads/{lead}",
    "leads:edit": "/admin/leads/{lead}/edit",
    "leads:inline": "/admin/leads/{lead}/inline/status",
    "leads:why": "/admin/leads/{lead}/why",
    "leads:stuck": "/admin/leads/stuck",
    "leads:queue": "/admin/leads/queue",
    "the queue of a colleague": "/admin/leads/queue?of={user}",
    "leads:queue_rules": "/admin/leads/queue/rules",
    "conversion:convert": "/admin/leads/{lead}/convert",
    "conversion:rules": "/admin/leads/conversion/rules",
    **pages_of_board("leads", "lead", "lost"),
    **INTAKE,
    **BOOKINGS,
    **MAILINGS,
    **REPORTS,
    "leads:settings_bulk": "/admin/leads/sources/bulk?action=retire&row={source}",
    "leads:statuses": "/admin/leads/statuses",
    "leads:status_new": "/admin/leads/statuses/new",
    "leads:status": "/admin/leads/statuses/{status}",
    "leads:status_edit": "/admin/leads/statuses/{status}/edit",
    "leads:status_delete": "/admin/leads/statuses/{status}/delete",
    "leads:sources": "/admin/leads/sources",
    "leads:source_new": "/admin/leads/sources/new",
    "leads:source": "/admin/leads/sources/{source}",
    "leads:source_edit": "/admin/leads/sources/{source}/edit",
    "leads:source_delete": "/admin/leads/sources/{source}/delete",
    "leads:cost_edit": "/admin/leads/sources/{source}/costs/{cost}",
    "leads:pipelines": "/admin/leads/pipelines",
    "leads:ready_pipelines": "/admin/leads/pipelines/ready",
    "leads:ready_pipeline": "/admin/leads/pipelines/ready/agency",
    "leads:pipeline_new": "/admin/leads/pipelines/new",
    "leads:pipeline_edit": "/admin/leads/pipelines/{pipeline}",
    "leads:pipeline_retire": "/admin/leads/pipelines/{pipeline}/retire",
    "leads:rates": "/admin/leads/rates",
    "leads:rate_edit": "/admin/leads/rates/{rate}",
    "leads:tags": "/admin/leads/tags",
    "leads:tag_new": "/admin/leads/tags/new",
    "leads:tag_edit": "/admin/leads/tags/{tag}",
    "leads:settings_order": "/admin/leads/sources/order?row={source}",
    "sources by name": "/admin/leads/sources/order?name",
    "leads:settings_rename": "/admin/leads/sources/rename?row={source}",
    "leads:settings_merge": "/admin/leads/tags/merge?row={tag}",
    "leads:lost_reasons": "/admin/leads/lost-reasons",
    "leads:lost_reason_new": "/admin/leads/lost-reasons/new",
    "leads:lost_reason_edit": "/admin/leads/lost-reasons/{reason}",
    "templates": "/admin/templates",
    "template_new": "/admin/templates/new",
    "template": "/admin/templates/{template}",
    "leads:fields": "/admin/leads/fields",
    "leads:field_new": "/admin/leads/fields/new",
    "leads:activity": "/admin/leads/{noted}/activities/{note}",
    "leads:email": "/admin/leads/{mailed}/email",
    "leads:move_activity": "/admin/leads/{mailed}/activities/{email}/move?q=a",
    "the preview of a move": "/admin/leads/{mailed}/activities/{email}/move?to=company-{company}",
    "a lead with an email": "/admin/leads/{mailed}",
    "the page of an email": "/admin/leads/{mailed}/activities/{email}",
    "the page of a meeting": "/admin/leads/{noted}/activities/{meeting}",
    "leads:next_step": "/admin/leads/{noted}/activities/{meeting}/next",
    "a lead with a note": "/admin/leads/{noted}",
    "leads:task": "/admin/leads/{noted}/tasks/{task}",
    "tasks": "/admin/tasks?user=all",
    "new_task": "/admin/tasks/new?q=an",
    "task_calendar": "/admin/tasks/calendar?user=all",
    "the calendar of a day": "/admin/tasks/calendar?user=all&view=day",
    "the calendar of a month": "/admin/tasks/calendar?user=all&view=month",
    "new_calendar_entry": "/admin/tasks/calendar/new?day=2031-03-05&time=10:00&what=meeting",
    "export_tasks": "/admin/tasks/export?user=all",
    "completed tasks": "/admin/tasks?user=all&when=done",
    "leads:field_edit": "/admin/leads/fields/{field}",
    "leads:field_delete": "/admin/leads/fields/{field}/delete",
    "leads:built_in_field": "/admin/leads/fields/built-in/company",
    "leads:field_type": "/admin/leads/fields/{field}/type?type=text",
    "leads:field_choices": "/admin/leads/fields/{field}/choices",
    "leads:field_choice": "/admin/leads/fields/{field}/choices/o1",
    **pages_of("companies", "company", "domain"),
    **pages_of("contacts", "contact", "title"),
    **pages_of("deals", "deal", "value", "description"),
    **pages_of_board("deals", "deal", "deal_lost"),
    "a stage of deals": "/admin/leads/statuses/{stage}",
    "the form of a stage": "/admin/leads/statuses/{stage}/edit",
    **PRIVACY,
    "contacts:employments": "/admin/contacts/{employed}/employments",
    "contacts:add_employment": "/admin/contacts/{employed}/employments/new",
    "contacts:employment": "/admin/contacts/{employed}/employments/{employment}",
    "companies:employments": "/admin/companies/{employer}/people",
    "deals:contacts": "/admin/deals/{peopled}/contacts",
    "deals:add_contact": "/admin/deals/{peopled}/contacts/new",
    "deals:contact": "/admin/deals/{peopled}/contacts/{person}",
    "contacts:deals": "/admin/contacts/{involved}/deals",
    **pages_of("requests", "request", "state"),
    "operations": "/admin/operations",
    "operation": "/admin/operations/{operation}",
    "operation_undo": "/admin/operations/{operation}/undo",
    "jobs": "/admin/jobs",
    "job": "/admin/jobs/{job}",
    "tokens": "/admin/api/api_management",
    "token_new": "/admin/api/api_management/new",
    "token_new_scim": "/admin/api/api_management/new-scim",
    "assistant_new": "/admin/api/api_management/new-assistant",
    "assistant_edit": "/admin/api/api_management/{assistant}/assistant",
    "assistant_connect": "/oauth/authorize?response_type=code&code_challenge_method=S256&client_id=lwp_someprogram"
    "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&redirect_uri=https://someprogram.example/back",
    "own_assistants": "/profile/assistants",
    "own_assistant_edit": "/profile/assistants/{assistant}",
    "webhooks": "/admin/api/webhooks",
    "webhook_new": "/admin/api/webhooks/new",
    "webhook": "/admin/api/webhooks/{webhook}",
    "webhook_trial": "/admin/api/webhooks/{webhook}/try",
    "webhook_replay": "/admin/api/webhooks/{webhook}/replay?what=everything&since={last_week}",
    "webhook_edit": "/admin/api/webhooks/{webhook}/edit",
    "webhook_remove": "/admin/api/webhooks/{webhook}/remove",
    "audit": "/admin/audit",
    "imports:list": "/admin/imports",
    "exports:list": "/admin/exports",
}
# Checked on the way, while a file is imported, a token is created, and people are invited.
ON_THE_WAY = {
    "imports:import",
    "imports:sheets",
    "imports:columns",
    "imports:values",
    "imports:plan",
    "token",
    "invite",
    "invitations",
}
# More pages of the same URLs, for other users or in another state.
MORE = {
    "a list with filters": "/admin/leads?status={status}&country=RO&vip=yes&next_action=overdue&q=an",
    "a list with alternatives": "/admin/leads?vip=no&any.country=RO&any.company.contains=steel",
    "the form for an alternative": "/admin/leads/filter/add?country=RO&any=1",
    "a list with long conditions": f"/admin/leads?{LONG}",
    "a list in which nothing is found": "/admin/leads?q=nothinghasthisword",
    "a bulk form": "/admin/leads/bulk/{set}/next-action",
    "the form for any field in bulk": "/admin/leads/bulk/{set}/set?field=c{field}",
    "a custom field in place": "/admin/leads/{lead}/inline/c{field}",
    "the filter by a custom field": "/admin/leads/filter/c{field}",
    "a bulk preview with refusals": "/admin/leads/bulk/{set}/status?status={lost}",
    "a binned lead": "/admin/leads/{binned}",
    "a lead in a sequence": "/admin/leads/{sequenced}",
    "a lead whose sequence has ended": "/admin/leads/{stopped}",
    "an operation on one lead": "/admin/operations/{operation_of_one}",
    "an unknown address": "/admin/leads/999999999",
}
AS_REP = [
    "/admin/today",
    "/admin/leads",
    "/admin/leads/queue",
    "/admin/leads/new",
    "/profile",
    "/admin/operations",
    "/notifications",
]
SIGNED_OUT = ["login", "password_reset", "password_reset_sent"]

# The keys of the example in RFC 8291.
SUBSCRIPTION = {
    "browser_key": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "secret": "BTBZMqHH6r4Tts7J_aSIgg",
}


def ask(leadwell: Leadwell, query: str):
    """The single value of a query on the running Leadwell's database."""
    with psycopg.connect(**leadwell.server.get_connection_parameters(), autocommit=True) as connection:
        return connection.execute(query).fetchone()[0]


def find_things(leadwell: Leadwell, password: str) -> dict[str, int | str]:
    """Create what the demo lacks (operations, a job, a view, records in Trash), and look up the ids."""
    browser = Browser(leadwell.port)
    browser.sign_in("admin@demo.example", password)
    for query, action in (("?country=RO", "vip"), ("?country=DE", "vip"), ("?all=1", "unvip")):
        browser.get("/admin/leads?all=1")
        browser.post(f"/admin/leads/bulk{query}", action=action, all="1")
        if query != "?country=DE":
            browser.post(browser.url)
        else:
            frozen = re.search(r"/bulk/(\d+)/", browser.url)[1]
    leadwell.wait(lambda: ask(leadwell, "SELECT count(*) FROM crm_job WHERE state <> 'finished'") == 0)
    lead = ask(leadwell, "SELECT min(id) FROM leads_lead WHERE deleted_at IS NULL")
    noted = ask(leadwell, "SELECT max(id) FROM leads_lead WHERE deleted_at IS NULL")
    browser.get(f"/admin/leads/{noted}")
    activities = f"/admin/leads/{noted}/activities"
    browser.attach(activities, FILES, type="file", text="Signed")
    browser.post(activities, type="note", text="Wants **two**\n\n- an offer\n- a call")
    at = f"{datetime.now() + timedelta(days=7):%Y-%m-%dT10:00}"
    meeting = {
        "type": "meeting",
        "subject": "Signing",
        "at": at,
        "minutes": "45",
        "place": "https://meet.example",
    }
    browser.post(activities, invite="on", invited="a@example.com, b@example.com", **meeting)
    browser.get("/admin/templates/new")
    for type in ("note", "email"):
        browser.post("/admin/templates/new", name=f"Offer by {type}", type=type, text="Dear {first_name|all}")
    mailed = ask(leadwell, "SELECT max(id) FROM leads_lead WHERE deleted_at IS NULL AND email <> ''")
    browser.get(f"/admin/leads/{mailed}/email")
    browser.post(
        f"/admin/leads/{mailed}/email", to="email", subject="Your **offer**", text="- one", draft="0" * 64
    )
    browser.get(f"/admin/leads/{noted}")
    browser.post(f"/admin/leads/{noted}/tasks", title="Send the offer", due_on="2026-01-05", priority="high")
    browser.post(f"/admin/leads/{noted}/tasks", title="Ask for a date")
    browser.get(f"/admin/leads/{lead}")
    browser.post(f"/admin/leads/{lead}/delete")
    for name, type in {
        "Contract": "file",
        "Language level": "choice",
        "Seats": "number",
        "Topics": "choices",
    }.items():
        browser.get("/admin/leads/fields/new")
        choices = "A1\nB2" if "choice" in type else ""
        browser.post("/admin/leads/fields/new", name=name, type=type, decimals="0", new_choices=choices)
    source = ask(leadwell, "SELECT min(id) FROM leads_source")
    browser.get(f"/admin/leads/sources/{source}")
    browser.post(f"/admin/leads/sources/{source}/costs", month="2026-01", amount="1200")
    assign_by_rule(browser, ask(leadwell, "SELECT max(id) FROM accounts_department"), noted)
    browser.get("/admin/leads/views/new")
    browser.post("/admin/leads/views/new?vip=yes", name="Important ones", audience="")
    browser.get("/admin/api/webhooks/new")
    # The name is reserved for unreachable servers: the test call fails, and the log has an entry to show.
    me = ask(leadwell, "SELECT id FROM accounts_user WHERE email = 'admin@demo.example'")
    browser.post(
        "/admin/api/webhooks/new", url=f"https://leadwell.invalid/{'told' * 100}", user=me, kinds="add"
    )
    hook = ask(leadwell, QUERIES["webhook"])
    browser.post(f"/admin/api/webhooks/{hook}/try")
    leadwell.wait(lambda: ask(leadwell, "SELECT count(*) FROM crm_webhookdelivery WHERE attempts > 0") == 1)
    receive_a_call(browser, ask(leadwell, QUERIES["department"]))
    receive_a_form(browser, ask(leadwell, QUERIES["department"]), source)
    token = add_a_booking_page(browser, ask(leadwell, QUERIES["department"]), source, me)
    browser.get("/profile")
    browser.post("/profile/devices", endpoint="https://push.example.com/send/1", **SUBSCRIPTION)
    # A second one, to which the server can't send anymore.
    ask(leadwell, STALE_DEVICE)
    ask(leadwell, PROVIDER)
    ask(leadwell, ASSISTANT)
    ask(leadwell, OWN_MAILBOX)
    ask(leadwell, OWN_CALENDAR)
    ask(leadwell, SCORE_PROPOSAL)
    ask(leadwell, MAILBOX)
    add_mailings(browser, ask(leadwell, QUERIES["department"]))
    add_privacy(browser, ask(leadwell, QUERIES["lost_status"]))
    save_a_report(browser)
    user = ask(leadwell, QUERIES["user"])
    browser.get(f"/admin/users/{user}")
    browser.post(f"/admin/users/{user}/inspect")
    required = {
        "source": source,
        "status": ask(leadwell, "SELECT id FROM leads_status WHERE key = 'new'"),
        "department": ask(leadwell, QUERIES["department"]),
    }
    automated_day = let_an_automation_act(leadwell, browser, ask(leadwell, QUERIES["automation"]), **required)
    return {
        "set": frozen,
        "automated_day": automated_day,
        "booking_token": token,
        # Events are kept for 30 days, so that no fixed day stays one from which they can be sent again.
        "last_week": f"{datetime.now() - timedelta(days=7):%Y-%m-%dT08:00}",
        **{name: ask(leadwell, query) for name, query in QUERIES.items()},
    }
