"""The import of leads: the terms of other programs, defaults for new leads, and the required fields of their status."""

import json
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext as _

from crm.imports.headers import OF_PEOPLE, OF_RECORDS
from crm.imports.rules import TO_MAKE, WHOLE_NAME, Errors, ImportRules, known_again, make_tag
from crm.records.folding import plain
from crm.records.kinds import Kind
from crm.records.reasons import sentence
from leads import contract, fields
from leads.models import LostReason, Pipeline, Rate, Source, Status
from leads.naming import NAMING
from leads.verbs.edit import OF_A_MOVE

# In the languages of crm/imports/headers.py.
WORDS = {
    **OF_RECORDS,
    **OF_PEOPLE,
    "company": "company, company name, organization, organisation, organization name, account, "
    "account name, firma, companie, societate, denumire firma, nume firma, nume companie, unternehmen, "
    "entreprise, empresa, business name",
    "website": "website, web site, web, url, site, homepage, webpage, company website, website url, "
    "pagina web, site web",
    "address": "address, street, street address, adresa, strada, address 1, address line 1, "
    "mailing street, billing street, adresse, strasse, direccion",
    "zip": "zip, zip code, postal code, postcode, post code, cod postal, plz, mailing zip, "
    "zip postal code, postleitzahl",
    "city": "city, town, oras, orasul, localitate, localitatea, mailing city, billing city, stadt, ort, "
    "ville, ciudad",
    "state": "state, county, county or state, province, region, judet, judetul, state province, "
    "state region, mailing state, bundesland",
    "language": "language, preferred language, limba, sprache, langue, idioma",
    "status": "status, lead status, stage, lead stage, stare, stadiu, statut, etapa",
    "lost_reason": "lost reason, reason lost, loss reason, motivul pierderii, motiv pierdere, "
    "junk reason, disqualification reason, closed lost reason, unqualified reason",
    "lost_remark": "what happened, ce s-a intamplat, loss remark, lost remark",
    "source": "source, lead source, sursa, original source, origin, channel, canal, quelle, provenienta",
    "value": "value, amount, lead value, deal value, opportunity amount, expected revenue, "
    "expected value, budget, valoare, valoarea, suma, buget, estimated value, betrag, montant",
    "currency": "currency, currency code, moneda, valuta, wahrung, devise",
    "vip": "vip, important",
    "next_action": "next action, next step, next steps, next task, urmatoarea actiune, urmatorul pas",
    "next_action_on": "next action on, next action date, next step date, follow up date, followup date, "
    "next contact date, due date, next contact, data urmatoarei actiuni",
    "description": "description, notes, note, comments, comment, remarks, remark, descriere, observatii, "
    "mentiuni, details, detalii, bemerkung, notizen, message, mesaj",
    "last_contacted_at": "last contacted, last contact, last contact date, last activity, "
    "last activity time, last activity date, last contacted time, ultimul contact, data ultimului contact",
    "status_choices": "status choices, statusuri posibile",
    "newsletter": "newsletter, email opt out, opt in, opt out, consent, marketing consent, unsubscribed, "
    "abonat",
}


# The status category that widespread programs mean by a word: only a suggestion, the user decides.
KINDS_BY_WORD = {
    "not contacted": "new", "open": "new", "open - not contacted": "new", "uncontacted": "new", "fresh": "new",
    "attempted to contact": "contacted", "attempting": "contacted", "working": "contacted", "in progress": "contacted",
    "working - contacted": "contacted", "contact in future": "contacted", "connected": "contacted", "nurturing": "contacted",
    "pre qualified": "qualified", "pre-qualified": "qualified", "open deal": "qualified", "hot": "qualified",
    "negotiation": "proposal", "quote sent": "proposal", "closed - converted": "won", "converted": "won", "customer": "won",
    "closed won": "won", "lost lead": "lost", "closed lost": "lost", "closed - not converted": "lost",
    "junk lead": "disqualified", "junk": "disqualified", "unqualified": "disqualified", "not qualified": "disqualified",
    "bad timing": "disqualified", "spam": "disqualified",
}  # fmt: skip


def first_pipeline(department: int | None) -> Pipeline:
    """Where new leads of a department start; there is always one."""
    from accounts.models import Department

    return Pipeline.objects.for_department(Department.objects.filter(pk=department or 0).first())


def make_status(name: str, rules: ImportRules, defaults: dict[str, Any]) -> int:
    """Create an open status after the other open ones, in the pipeline where the new leads start."""
    pipeline = first_pipeline(defaults.get("department"))
    statuses = Status.objects.of_pipeline(pipeline.pk)
    if known := known_again(statuses, name):
        return known
    last = statuses.of_kind(*Status.OPEN).aggregate(last=Max("position"))["last"] or 0
    made = Status.objects.create(pipeline=pipeline, name=name[:60], kind=Status.Kind.CONTACTED, position=last)
    return made.pk


def make_source(name: str, rules: ImportRules, defaults: dict[str, Any]) -> int:
    known = known_again(Source.objects.all(), name)
    return known or Source.objects.create(name=name[:60], kind=Source.Kind.OTHER).pk


class LeadImport(ImportRules):
    words = WORDS
    splits_names = True
    named_by = NAMING.fields
    name_goes_to = "last_name"
    lines_go_to = "description"
    email = "email"
    phones = ("phone", "mobile")
    found_by = ("email", WHOLE_NAME)
    added_by_links = False
    keys = (WHOLE_NAME, "company", "second_email", "phone", "mobile", "website", "address")
    defaults = ("status", "source", "owner", "department", "country", "currency", "lost_reason")
    required_defaults = ("status", "source", "department", "currency")
    never_empty = ("status", "source", "department", "currency", "vip", "shared")
    makers = {"status": make_status, "source": make_source, "tags": make_tag}
    offered = ("status", "source", "owner", "country")
    standing = ("status", "source", "owner", "department", "tags")
    # A lead contacted before the import was first contacted then, as far as anyone knows.
    filled = {
        "first_contacted_at": "v.last_contacted_at",
        "last_contacted_at": "v.last_contacted_at",
    }

    def __init__(self, kind: Kind, user) -> None:
        super().__init__(kind, user)
        self.statuses = {row.pk: row for row in Status.objects.select_related("pipeline")}
        self.retired_sources = set(Source.objects.exclude(retired=False).values_list("pk", flat=True))

    @classmethod
    def hold(cls):
        contract.hold(Pipeline.objects.values_list("pk", flat=True))

    def judged_by(self):
        rules = {str(pk): contract.rules_of(status) for pk, status in sorted(self.statuses.items())}
        return sha256(json.dumps(rules).encode()).hexdigest()

    @property
    def also_read(self):
        names = {name for status in self.statuses.values() for name in status.required_fields}
        return names.difference(fields.CONTRACT) | contract.reads_also(list(names))

    def first_defaults(self):
        found = super().first_defaults()
        sources = Source.objects.active()
        source = sources.shipped("other") or sources.by_name().first()
        pipeline = first_pipeline(found["department"])
        status = Status.objects.active().of_pipeline(pipeline.pk).defaults_first().first()
        own = {"status": status and status.pk, "source": source and source.pk}
        return found | own | {"currency": settings.BASE_CURRENCY, "lost_reason": None}

    def choices(self):
        statuses = Status.objects.active().in_order().select_related("pipeline")
        several = len({row.pipeline_id for row in statuses}) > 1
        reasons = LostReason.objects.for_people().in_order()
        return super().choices() | {
            "status": [
                (str(row.pk), f"{row.pipeline}: {row.label}" if several else row.label) for row in statuses
            ],
            "source": [(str(row.pk), row.label) for row in Source.objects.active().in_order()],
            "currency": [(code, code) for code in Rate.objects.currencies_with("")],
            "lost_reason": [("", _("none")), *((str(row.pk), row.label) for row in reasons)],
        }

    def use_again(self, decided):
        super().use_again(decided)
        self.retired_sources -= decided.get("source", set())
        for pk in decided.get("status", set()):
            self.statuses[pk].retired = not self.may_use_again("status", pk)

    def may_use_again(self, name, pk):
        """A status of a retired pipeline can only be reactivated with its pipeline."""
        return name != "status" or not self.statuses[pk].pipeline.retired

    def meant(self, name, text):
        """The first status of the category that another program's word means."""
        kind = KINDS_BY_WORD.get(plain(text)) if name == "status" else None
        status = Status.objects.active().of_kind(kind).in_order().first() if kind else None
        return status.pk if status else None

    def title(self, shown):
        return shown.get(WHOLE_NAME) or NAMING.shown(shown)

    def subtitle(self, shown):
        return next(filter(None, (shown.get(name) for name in ("email", "company", "phone", "mobile"))), "")

    def place_of(self, name):
        return ("status",) if name in (*fields.CONTRACT, "lost_reason", "lost_remark") else ()

    def allowed(self):
        in_use = {str(pk) for pk, status in self.statuses.items() if not status.retired}
        return super().allowed() | {"status_id": in_use}

    def fill_in(self, values, defaults):
        reason = values.get("lost_reason")
        super().fill_in(values, {**defaults, "lost_reason": None})
        if not reason and self.needs_reason(values.get("status")):
            values["lost_reason"] = defaults.get("lost_reason")

    def judge_new(self, values, *, chosen):
        return [*super().judge_new(values, chosen=chosen), *self.enter(values), *self.only_lost(values)]

    def judge_change(self, values, record, merged, defaults):
        errors = super().judge_change(values, record, merged, defaults)
        if "status" in values:
            if not self.needs_reason(values["status"]):
                for name in ("lost_reason", "lost_remark"):
                    if record[name] and name not in values:
                        values[name] = merged[name] = None if name == "lost_reason" else ""
            elif not merged["lost_reason"]:
                values["lost_reason"] = merged["lost_reason"] = defaults.get("lost_reason")
            errors += self.enter(merged, self.statuses[record["status"]])
        return [*errors, *self.only_lost(merged if OF_A_MOVE & set(values) else {})]

    def enter(self, values: dict[str, Any], leaving: Status | None = None) -> Errors:
        """Check the requirements of the status that the lead enters. `leaving` is its current one."""
        if str(values["status"]).startswith(TO_MAKE):
            return []
        status = self.statuses.get(values["status"])
        if status is None:
            return [("status", _("This status no longer exists."))]
        found = []
        for code in contract.broken(status, values, leaving=leaving):
            name = code.removeprefix(contract.NEEDS) if code.startswith(contract.NEEDS) else "status"
            name = "lost_reason" if code == "needs_reason" else name
            found.append((name, self._not_entered(status, code)))
        return found

    def _not_entered(self, status: Status, code: str) -> str:
        return _("%(status)s: %(reason)s") % {"status": status.label, "reason": sentence(code, self.kind)}

    def default_that_corrects(self, text):
        closing = [status for status in self.statuses.values() if status.needs_reason]
        needs_reason = {self._not_entered(status, "needs_reason") for status in closing}
        return "lost_reason" if text in {sentence("needs_reason", self.kind), *needs_reason} else ""

    def needs_reason(self, status: Any) -> bool:
        return status in self.statuses and self.statuses[status].needs_reason

    def only_lost(self, values: dict[str, Any]) -> Errors:
        """Only lost or disqualified leads have a reason and a remark."""
        if not values or self.needs_reason(values.get("status")):
            return []
        return [
            (name, _("Only lost leads can have this value."))
            for name in ("lost_reason", "lost_remark")
            if values.get(name)
        ]

    def retired(self, values):
        found = super().retired(values)
        if values.get("source") in self.retired_sources:
            found.append(("source", _("This source is retired.")))
        return found
