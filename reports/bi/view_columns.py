"""The columns of the views for BI tools: their names, which stay the same, where they come from, and what they mean.

Neither emails nor phone numbers nor texts are among them. Names of leads are only in `leads`.
"""

from dataclasses import dataclass

from crm.platform.configuration.company import build_company_currency_sql
from crm.records.kinds.display_names import PersonNames

Columns = dict[str, tuple[str, str]]


@dataclass(frozen=True)
class View:
    """`columns` are SQL and meaning by name. `rows` is what follows FROM, with the visible rows of `kind` as `r`, if it has one."""

    name: str
    columns: Columns
    rows: str
    kind: str = ""


PEOPLE = """
    LEFT JOIN public.accounts_user o ON o.id = r.owner_id
    JOIN public.accounts_department d ON d.id = r.department_id
    JOIN public.leads_status s ON s.id = r.status_id
    LEFT JOIN public.leads_lostreason x ON x.id = r.lost_reason_id
"""
OWNED: Columns = {
    "owner": ("o.name", "the name of its owner; empty if it is unassigned"),
    "department": ("d.name", "its department"),
    "value": ("r.value", "its value in its currency"),
    "currency": ("r.currency", "the currency, such as EUR"),
    "base_value": (
        "r.base_value",
        "the value in the base currency at the rate of the day on which it was added; empty without a rate",
    ),
    "lost_reason": ("x.name", "why it was lost"),
}
LEADS = View(
    "leads",
    {
        "id": ("r.id", "the number of the lead; other views refer to it"),
        "added_at": ("r.created_at", "when it was added"),
        # Leadwell also names a lead by its email or phone, which aren't for BI tools.
        "name": (PersonNames(("company",)).name_sql("r"), "its name, or else its company"),
        "company": ("r.company", "the company that it gave"),
        "country": ("r.country", "two letters, such as RO"),
        "city": ("r.city", "the city"),
        "source": ("q.name", "its source"),
        "source_category": ("q.kind", "the category of the source"),
        "status": ("s.name", "its status"),
        "status_category": ("s.kind", "new, contacted, qualified, proposal, won, lost or disqualified"),
        "status_since": ("r.status_since", "since when it has been in this status"),
        **OWNED,
        "vip": ("r.vip", "whether it is a VIP"),
        "shared": ("r.shared", "whether it is shared with everyone"),
        "first_contacted_at": ("r.first_contacted_at", "when it was first contacted"),
        "last_contacted_at": ("r.last_contacted_at", "when it was last contacted"),
        "contacted_at": ("p.contacted_at", "when it first entered the category contacted or a later one"),
        "qualified_at": ("p.qualified_at", "the same for qualified"),
        "proposal_at": ("p.proposal_at", "the same for proposal"),
        "opportunity_at": ("p.opportunity_at", "when its first deal was added"),
        "won_at": ("r.converted_at", "when it was won"),
        "lost_at": ("p.lost_at", "when it was lost or disqualified, if it still is"),
        "revenue": (
            "p.revenue",
            "its won deals in the base currency, or its own value if it was won without deals",
        ),
    },
    f"""{PEOPLE}
    JOIN public.leads_source q ON q.id = r.source_id
    LEFT JOIN public.reports_leadprogress p ON p.lead_id = r.id""",
    kind="lead",
)
MOVES = View(
    "moves",
    {
        "id": ("m.id", "the number of the move"),
        "lead_id": ("m.lead_id", "the lead"),
        "from_status": ("a.name", "the status before; empty for a new lead"),
        "from_category": ("a.kind", "its category"),
        "to_status": ("b.name", "the status that it entered"),
        "to_category": ("b.kind", "its category"),
        "entered_at": ("m.entered", "when it entered the status"),
        "left_at": ('m."left"', "when it left the status; empty if it is still there"),
    },
    """
    JOIN public.leads_statusmove m ON m.lead_id = r.id AND NOT m.undone
    LEFT JOIN public.leads_status a ON a.id = m.from_status_id
    JOIN public.leads_status b ON b.id = m.to_status_id""",
    kind="lead",
)
ACTIVITIES = View(
    "activities",
    {
        "id": ("t.id", "the number of the activity"),
        "record_type": ("t.of", "what it belongs to: lead, company, contact, deal or request"),
        "record_id": ("t.record", "the number of that record; of a lead, the one in leads"),
        "type": ("t.type", "note, call, meeting, email or file"),
        "outcome": ("t.outcome", "such as reached, no_answer, planned, sent or received"),
        "direction": ("t.direction", "incoming or outgoing, for calls"),
        "at": ("t.at", "when it happened"),
        "minutes": ("t.minutes", "how long it took"),
        "added_by": ("u.name", "the name of the user who added it"),
        "added_at": ("t.created_at", "when it was added"),
    },
    """
    JOIN public.crm_activity t ON t.deleted_at IS NULL AND (t.private_to_id IS NULL OR t.private_to_id = v.user_id)
    LEFT JOIN public.accounts_user u ON u.id = t.created_by_id""",
)
DEALS = View(
    "deals",
    {
        "id": ("r.id", "the number of the deal"),
        "lead_id": ("r.lead_id", "the lead that it came from"),
        "name": ("r.name", "its name"),
        "added_at": ("r.created_at", "when it was added"),
        "stage": ("s.name", "its stage"),
        "stage_category": ("s.kind", "the category of the stage"),
        "stage_since": ("r.status_since", "since when it has been in this stage"),
        **OWNED,
        "probability": (
            "coalesce(r.probability, s.probability)",
            "in percent; its own, or that of its stage",
        ),
        "expected_close": ("r.expected_close", "the day on which it may be closed"),
        "closed_at": ("r.closed_at", "when it was won or lost"),
    },
    PEOPLE,
    kind="deal",
)
COSTS = View(
    "costs",
    {
        "source": ("q.name", "the source"),
        "source_category": ("q.kind", "its category"),
        "month": ("c.month", "the first day of the month"),
        "amount": ("c.amount", "the costs in the base currency"),
        "currency": (build_company_currency_sql(), "the base currency"),
    },
    """
    JOIN public.leads_sourcecost c ON {costs}
    JOIN public.leads_source q ON q.id = c.source_id""",
)


def _build_count_sql(condition: str) -> str:
    return f"count(*) FILTER (WHERE {condition}) AS"


MAILINGS = View(
    "mailings",
    {
        "id": ("m.id", "the number of the mailing"),
        "subject": ("m.subject", "its subject"),
        "state": ("m.state", "draft, asked, scheduled, sending, paused, sent or canceled (as cancelled)"),
        "department": ("d.name", "the department that it is sent for"),
        "added_by": ("u.name", "the name of its user"),
        "added_at": ("m.created_at", "when it was added"),
        "sent_at": ("m.sent_at", "when sending began"),
        "finished_at": ("m.finished_at", "when sending ended"),
        "recipients": ("n.recipients", "to how many it is or was sent"),
        "sent": ("n.sent", "how many mail servers accepted"),
        "failed": ("n.failed", "how many weren’t delivered"),
        "skipped": ("n.skipped", "how many were skipped"),
        "bounced": ("n.bounced", "how many came back"),
        "opened": ("n.opened", "how many were opened, if the mailing records it"),
        "clicked": ("n.clicked", "how many had a link clicked, if the mailing records it"),
        "replied": ("n.replied", "how many were answered"),
        "unsubscribed": ("n.unsubscribed", "how many recipients unsubscribed"),
    },
    f"""
    JOIN public.mailings_mailing m ON {{mailings}}
    JOIN public.accounts_user u ON u.id = m.by_id
    LEFT JOIN public.accounts_department d ON d.id = m.department_id
    CROSS JOIN LATERAL (
        SELECT {_build_count_sql("state <> 'left_out'")} recipients, {_build_count_sql("state = 'sent'")} sent,
            {_build_count_sql("state = 'failed'")} failed, {_build_count_sql("state = 'left_out'")} skipped,
            count(bounced_at) AS bounced, count(opened_at) AS opened, count(clicked_at) AS clicked,
            count(replied_at) AS replied, count(unsubscribed_at) AS unsubscribed
        FROM public.mailings_delivery e WHERE e.mailing_id = m.id) n""",  # noqa: S608 - all of it is written here
)
VIEWS = [LEADS, MOVES, ACTIVITIES, DEALS, COSTS, MAILINGS]
