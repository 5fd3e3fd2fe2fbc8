"""Triggers that note the leads whose progress has to be derived again."""

import pgtrigger
from pgtrigger import register

from crm.models import Activity
from crm.platform.sql.change_triggers import Trigger, build_replanned_statement
from customers.models import Deal
from leads.models import Lead, Status
from leads.models.contact_due import ContactLimitChange

NOTE = "INSERT INTO reports_changedlead (lead) {leads}; RETURN NULL;"
# As a text, so that it is planned for the rows of each statement (crm/platform/sql/change_triggers.py).
NOTE_ROWS = f"{build_replanned_statement('INSERT INTO reports_changedlead (lead) {leads}')} RETURN NULL;"
NEW, OLD = pgtrigger.Referencing(new="new_rows"), pgtrigger.Referencing(old="old_rows")


def _build_note_trigger(
    name: str, operation: pgtrigger.Operation, referencing: pgtrigger.Referencing, leads: str
) -> Trigger:
    return Trigger(
        name=f"reports_{name}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=referencing,
        func=NOTE_ROWS.format(leads=leads),
    )


def _build_leads_sql(rows: str) -> str:
    return f"SELECT r.id FROM {rows} r"  # noqa: S608


def _build_leads_of_deals_sql(rows: str) -> str:
    return f"SELECT r.lead_id FROM {rows} r WHERE r.lead_id IS NOT NULL"  # noqa: S608


register(
    _build_note_trigger("insert", pgtrigger.Insert, NEW, _build_leads_sql("new_rows")),
    _build_note_trigger("update", pgtrigger.Update, NEW, _build_leads_sql("new_rows")),
    _build_note_trigger("delete", pgtrigger.Delete, OLD, _build_leads_sql("old_rows")),
)(Lead)
register(
    _build_note_trigger("insert", pgtrigger.Insert, NEW, _build_leads_of_deals_sql("new_rows")),
    _build_note_trigger("update", pgtrigger.Update, NEW, _build_leads_of_deals_sql("new_rows")),
    # A deal may have been linked to another lead before.
    _build_note_trigger("was", pgtrigger.Update, OLD, _build_leads_of_deals_sql("old_rows")),
    _build_note_trigger("delete", pgtrigger.Delete, OLD, _build_leads_of_deals_sql("old_rows")),
)(Deal)


def _build_leads_of_activities_sql(rows: str) -> str:
    return f"SELECT DISTINCT r.record FROM {rows} r WHERE r.of = 'lead'"  # noqa: S608


# When a lead was last touched follows from its activities.
register(
    _build_note_trigger("insert", pgtrigger.Insert, NEW, _build_leads_of_activities_sql("new_rows")),
    _build_note_trigger("update", pgtrigger.Update, NEW, _build_leads_of_activities_sql("new_rows")),
    # An activity may have been moved from another lead.
    _build_note_trigger("was", pgtrigger.Update, OLD, _build_leads_of_activities_sql("old_rows")),
    _build_note_trigger("delete", pgtrigger.Delete, OLD, _build_leads_of_activities_sql("old_rows")),
)(Activity)
# When the first contact was due follows from limits, working hours and holidays (leads/triggers/contact_due.py).
register(
    Trigger(
        name="reports_contact_due",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        func=NOTE.format(
            leads="""
                SELECT p.lead_id FROM reports_leadprogress p WHERE p.contact_due_at IS NOT NULL
                UNION SELECT l.id FROM leads_lead l
                WHERE l.source_id IN (SELECT o.id FROM leads_source o WHERE o.contact_within IS NOT NULL)
                    OR l.department_id IN (SELECT d.id FROM accounts_department d WHERE d.contact_within IS NOT NULL)"""
        ),
    )
)(ContactLimitChange)
# How far a lead got follows from the categories of the statuses that it has been in.
register(
    Trigger(
        name="reports_category",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("kind"),
        condition=pgtrigger.Condition("OLD.kind IS DISTINCT FROM NEW.kind"),
        func=NOTE.format(
            leads="""
                SELECT m.lead_id FROM leads_statusmove m WHERE m.to_status_id = NEW.id
                UNION SELECT l.id FROM leads_lead l WHERE l.status_id = NEW.id
                UNION SELECT d.lead_id FROM customers_deal d WHERE d.status_id = NEW.id AND d.lead_id IS NOT NULL"""
        ),
    )
)(Status)
