"""The pages of how leads and requests come in, and who gets them."""

import re
from html import unescape

INTAKE = {
    "assignment:rules": "/admin/rules",
    "assignment:rule_new": "/admin/rules/new?conditions=country%3DRO",
    "assignment:rule": "/admin/rules/{rule}",
    "assignment:rule_delete": "/admin/rules/{rule}/delete",
    "assignment:log": "/admin/rules/log",
    "assignment:run_undo": "/admin/rules/log/{run}/undo",
    "leads:rule_conditions": "/admin/leads/rule-conditions?country=RO&any.vip=yes&any.city.is=Cluj",
    "scores:rules": "/admin/scores",
    "scores:rule_new": "/admin/scores/new?conditions=country%3DRO",
    "scores:rule": "/admin/scores/{score_rule}",
    "scores:proposal": "/admin/scores/proposal",
    "scores:rule_delete": "/admin/scores/{score_rule}/delete",
    "leads:score_conditions": "/admin/leads/score-conditions?country=RO&any.vip=yes&any.city.is=Cluj",
    "automations:list": "/admin/automations",
    "automations:new": "/admin/automations/new?of=lead&example=vip",
    "automations:automation": "/admin/automations/{automation}",
    "automations:edit": "/admin/automations/{automation}/edit",
    "automations:delete": "/admin/automations/{automation}/delete",
    "automations:trial": "/admin/automations/{automation}/trial",
    "automations:run_now": "/admin/automations/{automation}/run?set={set}",
    "automations:undo_day": "/admin/automations/{automation}/undo-day?day={automated_day}",
    "automations:lead_conditions": "/admin/automations/conditions/lead?country=RO&any.vip=yes&any.city.is=Cluj",
    "automations:company_conditions": "/admin/automations/conditions/company?country=RO",
    "automations:contact_conditions": "/admin/automations/conditions/contact",
    "automations:deal_conditions": "/admin/automations/conditions/deal",
    "automations:request_conditions": "/admin/automations/conditions/request",
    "sequences:list": "/admin/sequences",
    "sequences:new": "/admin/sequences/new?of=lead&example=offer",
    "sequences:sequence": "/admin/sequences/{sequence}",
    "sequences:edit": "/admin/sequences/{sequence}/edit",
    "sequences:delete": "/admin/sequences/{sequence}/delete",
    "sequences:lead_start": "/admin/leads/{mailed}/sequence/start?sequence={sequence}",
    "sequences:lead_email": "/admin/leads/{sequenced}/sequence/emails/{last_step}",
    "sequences:contact_start": "/admin/contacts/{contact}/sequence/start",
    "incoming:list": "/admin/api/incoming",
    "incoming:new": "/admin/api/incoming/new",
    "incoming:webhook": "/admin/api/incoming/{incoming}",
    "incoming:edit": "/admin/api/incoming/{incoming}/edit",
    "incoming:mapping": "/admin/api/incoming/{incoming}/mapping",
    "incoming:call": "/admin/api/incoming/{incoming}/calls/{incoming_call}",
    "incoming:delete": "/admin/api/incoming/{incoming}/delete",
    "intake_forms:list": "/admin/forms",
    "intake_forms:new": "/admin/forms/new",
    "intake_forms:form": "/admin/forms/{web_form}",
    "intake_forms:edit": "/admin/forms/{web_form}/edit",
    "intake_forms:questions": "/admin/forms/{web_form}/questions",
    "intake_forms:submissions": "/admin/forms/{web_form}/submissions",
    "intake_forms:submission": "/admin/forms/submissions/{submission}",
    "intake_forms:stop_words": "/admin/forms/stop-words",
    "web_form": "/forms/contact-us",
    "web_form_sent": "/forms/contact-us/sent",
    "web_form_confirmed": "/forms/contact-us/confirmed",
    "mailboxes": "/admin/mailboxes",
    "mailbox_new": "/admin/mailboxes/new",
    "mailbox": "/admin/mailboxes/{mailbox}",
    "mailbox_edit": "/admin/mailboxes/{mailbox}/edit",
    "mailbox_remove": "/admin/mailboxes/{mailbox}/remove",
    "own_mailbox": "/profile/mailbox",
    "own_mailbox_edit": "/profile/mailbox/edit",
    "own_mailbox_remove": "/profile/mailbox/remove",
    "own_calendar": "/profile/connected-calendar",
    "own_calendar_edit": "/profile/connected-calendar/edit",
    "own_calendar_remove": "/profile/connected-calendar/remove",
    "mailbox_clients": "/admin/mailboxes/clients",
    "mailbox_client": "/admin/mailboxes/clients/microsoft",
}


def receive_a_form(browser, department: int, source: int) -> None:
    """A web form with a submission that a stop word has quarantined."""
    values = {
        "language": "en",
        "source": source,
        "task_days": "1",
        "duplicates": "add",
        "color": "#3056d3",
        "background": "#ffffff",
        "seconds": "0",
        "most_an_hour": "20",
        "days_kept": "365",
        "published": "on",
    }
    browser.get("/admin/forms/stop-words")
    browser.post("/admin/forms/stop-words", text="casino")
    browser.get("/admin/forms/new")
    browser.post("/admin/forms/new", name="Contact us", department=department, **values)
    browser.get("/forms/contact-us?utm_source=news")
    state = unescape(re.search(r'name="form_state" value="([^"]*)"', browser.page)[1])
    browser.post(
        "/forms/contact-us", form_state=state, last_name="Pop", email="ana@example.com", description="casino"
    )


def receive_a_call(browser, department: int) -> None:
    """An incoming webhook with a call that needs attention, whose body has a long path."""
    values = {
        "makes": "lead",
        "proof": "address",
        "duplicates": "add",
        "calls_a_minute": "60",
        "days_kept": "30",
    }
    browser.get("/admin/api/incoming/new")
    browser.post("/admin/api/incoming/new", name="Lead ads", department=department, **values)
    address = re.search(r'value="[^"]*(/hooks/[^"]+)"', browser.page)[1]
    browser.post(address, **{"entry[0].changes[0].value.field_data[email]": "ana@example.com"})
