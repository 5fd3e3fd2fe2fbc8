"""The import of leads: the terms of other programs, defaults for new leads, and the required fields of their status."""

from collections import Counter
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.fields.custom.definitions.field_visibility import get_row_id
from crm.fields.models.custom_field import is_key
from crm.fields.schemas import WHOLE_NAME
from crm.models import PlannedRow
from crm.records.kinds.kind_registry import Kind
from crm.records.kinds.reasons import get_reason_sentence
from crm.transfer.imports.check.custom_choices import find_or_create_tag, find_or_reactivate
from crm.transfer.imports.check.import_rules import ImportRules
from crm.transfer.imports.columns.import_options import ImportOptions
from crm.transfer.imports.columns.shared_headers import (
    OF_DETAILS,
    OF_PEOPLE,
    OF_RECORDS,
    PARTS,
    PEOPLE,
    WEBSITE,
)
from leads.assignment import new_leads
from leads.assignment.rule_matching import get_rules_for
from leads.display_names import NAMING
from leads.imports import company_links
from leads.imports.pipeline_import import PipelineImport, find_or_create_status
from leads.models import AssignmentRule, Lead, Pipeline, Source, Status
from leads.statuses import won_leads

# In the languages of crm/transfer/imports/columns/shared_headers.py.
WORDS = {
    **OF_RECORDS,
    **OF_PEOPLE,
    **OF_DETAILS,
    "company": "company, company name, unternehmen name, firmenname, societe, nom de la societe, nom de l entreprise, raison sociale, azienda, ragione sociale, cegnev, ceg, razon social, organization, organisation, organization name, account, "
    "account name, firma, companie, societate, denumire firma, nume firma, nume companie, unternehmen, "
    "entreprise, empresa, business name, organisation name, accounts, company account, organization 1 name, الشركة",
    "website": WEBSITE,
    "language": "language, preferred language, browser language, limba, sprache, langue, idioma",
    "status": "status, lead status, starea lead ului, stare lead, status lead, statusz, allapot, stage, lead stage, stare, stadiu, statut, etapa, hs lead status, "
    "حالة الزبون المحتمل",
    "lost_reason": "lost reason, reason lost, loss reason, motivul pierderii, motiv pierdere, "
    "junk reason, disqualification reason, closed lost reason, unqualified reason",
    "lost_remark": "what happened, ce s-a intamplat, loss remark, lost remark",
    "source": "source, lead source, fonte, forras, sursa lead, sursa, original source, origin, channel, canal, quelle, provenienta, مصدر الزبون المحتمل",
    "value": "value, amount, est value, estimated amount, auftragswert, angebotswert, angebotssumme, importe, importo, valore, osszeg, valoare estimata, buget estimat, lead value, deal value, opportunity amount, expected revenue, "
    "expected value, budget, valoare, valoarea, valoare oferta, suma, buget, estimated value, betrag, montant",
    "currency": "currency, currency code, penznem, divisa, moneda, valuta, wahrung, devise",
    "vip": "vip, important",
    "next_action": "next action, next step, next steps, next task, urmatoarea actiune, urmatorul pas",
    "next_action_on": "next action on, next action date, next step date, follow up date, followup date, "
    "next contact date, due date, next contact, data urmatoarei actiuni",
    "last_contacted_at": "last contacted, last contact, last contact date, last activity, "
    "last activity time, last activity date, last contacted time, ultimul contact, data ultimului contact",
    "status_choices": "status choices, statusuri posibile",
    "newsletter": "newsletter, email opt out, opt in, opt out, consent, marketing consent, unsubscribed, "
    "abonat",
}


# The status category that widespread programs mean by a word: only a suggestion, the user decides.
CATEGORIES = {
    "not contacted": "new", "open": "new", "open - not contacted": "new", "uncontacted": "new", "fresh": "new",
    "attempted to contact": "contacted", "attempting": "contacted", "working": "contacted", "in progress": "contacted",
    "working - contacted": "contacted", "contact in future": "contacted", "connected": "contacted", "nurturing": "contacted",
    "pre qualified": "qualified", "pre-qualified": "qualified", "open deal": "qualified", "hot": "qualified",
    "negotiation": "proposal", "quote sent": "proposal", "closed - converted": "won", "converted": "won", "customer": "won",
    "closed won": "won", "lost lead": "lost", "closed lost": "lost", "closed - not converted": "lost",
    "junk lead": "disqualified", "junk": "disqualified", "unqualified": "disqualified", "not qualified": "disqualified",
    "bad timing": "disqualified", "spam": "disqualified", "created": "new", "unassigned": "new", "in process": "contacted",
    "neu": "new", "nouveau": "new", "nouvelle": "new", "nuevo": "new", "nuovo": "new", "uj": "new",
    "in bearbeitung": "contacted", "en cours": "contacted", "en curso": "contacted", "in corso": "contacted", "in lucru": "contacted",
    "in curs": "contacted", "folyamatban": "contacted", "kontaktiert": "contacted", "contactado": "contacted",
    "gewonnen": "won", "gagne": "won", "ganado": "won", "vinto": "won", "castigat": "won", "megnyert": "won",
    "verloren": "lost", "perdu": "lost", "perdido": "lost", "perso": "lost", "pierdut": "lost", "elveszett": "lost",
    "processed": "qualified", "assigned": "contacted", "recycled": "disqualified", "dead": "disqualified", "intake": "new",
}  # fmt: skip


def find_or_create_source(name: str, rules: ImportRules, defaults: dict[str, Any]) -> int:
    known = find_or_reactivate(Source.objects.all(), name)
    return known or Source.objects.create(name=name, kind=Source.Kind.OTHER).pk


def _build_unsaved_lead(place: int, values: dict[str, Any], record: dict[str, Any] | None) -> Lead:
    """The lead as it would be; its negative number only says which row it is."""
    known = {name: (record or {}).get(name) or "" for name in won_leads.READ}
    told = {name: value for name, value in values.items() if name in won_leads.READ}
    lead = Lead(pk=-place - 1, **{**known, **told})
    department: Any = values.get("department_id") or get_row_id((record or {}).get("department"))
    lead.department_id = department
    for name in {*values, *(record or {})}:
        if is_key(name):
            setattr(lead, name, values.get(name, (record or {}).get(name)))
    return lead


class LeadImport(PipelineImport):
    numbered_as = ("lead", "prospect")
    purpose = Pipeline.Purpose.LEADS
    categories = CATEGORIES
    words = WORDS
    subjects, parts = PEOPLE, PARTS
    splits_names = True
    named_by = NAMING.fields
    name_goes_to = "last_name"
    lines_go_to = "description"
    email = "email"
    phones = ("phone", "mobile")
    added_by_links = False
    links_by = "company"
    linked_field = "known_company"
    link_label = _lazy("Link leads to existing companies with the same domain or name")
    keys = (WHOLE_NAME, "company", "second_email", "phone", "mobile", "website", "address")
    defaults = ("status", "source", "owner", "department", "country", "currency", "lost_reason")
    required_defaults = ("status", "source", "department", "currency")
    never_empty = ("status", "source", "department", "currency", "vip", "shared")
    makers = {"status": find_or_create_status, "source": find_or_create_source, "tags": find_or_create_tag}
    offered = ("status", "source", "owner", "country")
    standing = ("status", "source", "owner", "department", "tags")
    # A lead contacted before the import was first contacted then, as far as anyone knows.
    filled = {
        "first_contacted_at": "v.last_contacted_at",
        "last_contacted_at": "v.last_contacted_at",
    }

    def __init__(self, kind: Kind, user) -> None:
        super().__init__(kind, user)
        # The companies that rows are linked to, and the texts that may mean several.
        self.linked: Counter[int] = Counter()
        self.unclear: Counter[str] = Counter()

    @cached_property
    def offers_rules(self) -> bool:  # type: ignore[override]
        return self.may_assign and bool(get_rules_for(AssignmentRule.Way.IMPORT))

    @cached_property
    def retired_sources(self) -> set[int]:
        return set(Source.objects.exclude(retired=False).values_list("pk", flat=True))

    def judge_together(self, rows):
        """Leads that enter a won status must say which client they become (leads/statuses/won_leads.py)."""
        won = {pk for pk, status in self.statuses.items() if status.kind == Status.Kind.WON}
        leads = []
        for place, (values, record) in enumerate(rows):
            if values.get("status_id") in won and (record or {}).get("status") not in won:
                leads.append(_build_unsaved_lead(place, values, record))
        problems = won_leads.get_winning_problems(leads, self.user)
        return {-pk - 1: ("status", get_reason_sentence(code, self.kind)) for pk, code in problems.items()}

    def link_together(self, rows):
        """Leads that have no company yet, and didn't become one."""
        records = [record["id"] for _values, record in rows if record]
        there = Lead.objects.filter(pk__any=records).exclude(
            known_company=None, client=None, client_contact=None
        )
        settled = set(there.values_list("pk", flat=True))
        free = {place: row for place, row in enumerate(rows) if not row[1] or row[1]["id"] not in settled}
        leads = [_build_unsaved_lead(place, *row) for place, row in free.items()]
        texts = {lead.pk: lead.company or lead.email for lead in leads}
        found = company_links.find_companies(leads, self.user)
        self.unclear.update(texts[pk] for pk, company in found.items() if not company)
        linked = {-pk - 1: company for pk, company in found.items() if company}
        self.linked.update(linked.values())
        return linked

    def get_link_counts(self):
        return company_links.count_linked_companies(self.linked, self.unclear)

    @classmethod
    def describe_links(cls, counts):
        return company_links.describe_links(counts)

    def write_consequences(self, record, imported, ids):
        """Leads whose status the file leaves as it is don't enter one. New leads without an owner are for the rules."""
        imported.counts |= company_links.count_written_links(imported, ids)
        if ImportOptions.from_import(imported).by_rules and self.offers_rules:
            self._assign_added_leads(record, imported, ids)
        kept = PlannedRow.objects.filter(of=imported, action="change").exclude(values__has_key="status_id")
        won_leads.run_won_followers(
            record, sorted(set(ids).difference(kept.values_list("record", flat=True)))
        )

    def _assign_added_leads(self, record, imported, ids):
        changed = PlannedRow.objects.filter(of=imported, action="change").values_list("record", flat=True)
        added = Lead.objects.get_unassigned_ids(list(set(ids).difference(changed)))
        new_leads.assign_new_leads(
            record, added, AssignmentRule.Way.IMPORT, silent=ImportOptions.from_import(imported).silent
        )

    def get_first_defaults(self):
        sources = Source.objects.active()
        source = sources.get_shipped("other") or sources.by_name().first()
        return super().get_first_defaults() | {"source": source and source.pk}

    def get_choices(self):
        return super().get_choices() | {
            "source": [(str(row.pk), row.label) for row in Source.objects.active().in_order()],
        }

    def treat_as_active(self, decided):
        super().treat_as_active(decided)
        self.retired_sources -= decided.get("source", set())

    def get_allowed_values(self):
        sources = set(Source.objects.values_list("pk", flat=True)) - self.retired_sources
        return super().get_allowed_values() | {"source_id": {str(pk) for pk in sources}}

    def get_row_title(self, shown):
        return NAMING.format_name(shown)

    def get_row_subtitle(self, shown):
        return next(filter(None, (shown.get(name) for name in ("email", "company", "phone", "mobile"))), "")

    def check_retired(self, values):
        found = super().check_retired(values)
        if values.get("source") in self.retired_sources:
            found.append(("source", _("This source is retired.")))
        return found
