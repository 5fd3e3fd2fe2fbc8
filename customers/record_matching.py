"""Finding the company, contact or lead that is meant: by email, phone, domain or name, among the records that a user sees.

All lookups are set-based: those of ten thousand leads take as many queries as those of one.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.fields.types.phones import normalize_phone
from crm.platform.text.text_folding import fold_texts
from customers.free_mail_providers import get_company_domain
from customers.models import Company, Contact
from leads.models import Lead

EMAIL, DOMAIN, COMPANY_NAME, PHONE, NAME = "email", "domain", "company_name", "phone", "name"
# An import was asked to link the lead (customers/existing_companies.py).
LINKED = "linked"
# In the order of how much they say.
REASONS: dict[str, str | Promise] = {
    LINKED: _("Linked by import"),
    EMAIL: _("Same email"),
    DOMAIN: _("Same domain"),
    COMPANY_NAME: _("Same company name"),
    PHONE: _("Same phone"),
    NAME: _("Same name"),
}
# Where each kind of record has what is compared.
COLUMNS: dict[Any, dict[str, tuple[str, ...]]] = {
    Company: {DOMAIN: ("domains",), COMPANY_NAME: ("name_key",), PHONE: ("phone_normal",)},
    Contact: {
        EMAIL: ("email_key", "second_email_key"),
        PHONE: ("phone_normal", "mobile_normal"),
        NAME: ("name_key",),
    },
    Lead: {
        EMAIL: ("email_key",),
        COMPANY_NAME: ("company_key",),
        PHONE: ("phone_normal",),
        NAME: ("name_key",),
    },
}
KEY_LENGTH = 100
# A popular name has thousands of records; no one looks through more than a few.
FEW = 8


@dataclass(frozen=True)
class KnownFacts:
    """What is known of a person and a company, as typed; phones are compared in their normalized form."""

    name: str = ""
    company: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    website: str = ""

    @property
    def domains(self) -> tuple[str, ...]:
        """Those of the website and the emails, without those of free mailboxes."""
        found = [get_host(self.website), *(email.rpartition("@")[2] for email in self.emails)]
        return tuple(dict.fromkeys(filter(None, map(get_company_domain, found))))


def get_host(website: str) -> str:
    """The host of a website as people type it; '' for anything that isn't a URL."""
    site = website.strip()
    try:
        return urlsplit(site if "//" in site else f"//{site}").hostname or ""
    except ValueError:
        return ""


@dataclass(frozen=True)
class RecordMatch:
    """A record that may be meant, and why."""

    record: Any
    reasons: tuple[str, ...]

    @property
    def reason_texts(self) -> list[str]:
        return [str(REASONS[reason]) for reason in self.reasons]


def get_lead_facts(lead: Any) -> KnownFacts:
    emails, phones = (lead.email, lead.second_email), (lead.phone_normal, lead.mobile_normal)
    return KnownFacts(
        lead.full_name,
        lead.company,
        tuple(filter(None, emails)),
        tuple(filter(None, phones)),
        lead.website,
    )


def normalize_phones(texts: Iterable[str], country: str = "") -> tuple[str, ...]:
    """For facts whose phones are as typed; `country` is the department's ISO code."""
    return tuple(filter(None, (normalize_phone(text, country) for text in texts)))


def get_suggestions_by_kind(
    facts: KnownFacts, user: User, models: Iterable[Any] = tuple(COLUMNS)
) -> dict[str, list[RecordMatch]]:
    """The records of each kind that may be meant, the best first; kinds that the user may not view have none."""
    found = {}
    for model in models:
        ranked: list[RecordMatch] = []
        if user.has_perm(model.get_right("view")):
            (by_pk,) = get_matches([facts], model, user, most=FEW * 4)
            best = sorted(by_pk, key=lambda pk: (rank_reasons(by_pk[pk]), pk))[:FEW]
            rows = model.objects.in_bulk(best)
            ranked = [RecordMatch(rows[pk], sort_reasons(by_pk[pk])) for pk in best if pk in rows]
        found[model.table] = ranked
    return found


def rank_reasons(reasons: set[str]) -> tuple[int, int]:
    """Small for the best: the strongest reason counts, then their number."""
    return min(map(list(REASONS).index, reasons)), -len(reasons)


def sort_reasons(reasons: set[str]) -> tuple[str, ...]:
    return tuple(reason for reason in REASONS if reason in reasons)


def get_matches(
    many: Sequence[KnownFacts], model: Any, user: User, *, most: int | None = None
) -> list[dict[int, set[str]]]:
    """For each of these facts, the ids of the records that the user sees and may mean, with their reasons. `most` limits how
    many records are looked at for one reason."""
    wanted = get_lookup_keys(many)
    found: list[dict[int, set[str]]] = [defaultdict(set) for _facts in many]
    rows = model.objects.present().visible_to(user)
    for reason, columns in COLUMNS[model].items():
        places: dict[str, list[int]] = defaultdict(list)
        for place, keys in enumerate(wanted[reason]):
            for key in keys:
                places[key].append(place)
        for column in columns if places else ():
            # A company has several domains.
            several = reason == DOMAIN
            same = f"{column}__overlap" if several else f"{column}__in"
            named = rows.filter(**{same: list(places)}).values_list("pk", column)
            for pk, keys in named[:most] if most else named:
                for place in (
                    place for key in (keys if several else [keys]) for place in places.get(key, ())
                ):
                    found[place][pk].add(reason)
    return [dict(by_pk) for by_pk in found]


def get_lookup_keys(many: Sequence[KnownFacts]) -> dict[str, list[set[str]]]:
    """What is looked up for each reason, for each of the facts, as the columns store it."""
    emails = fold_texts(
        (email for facts in many for email in facts.emails), function="leadwell_fold_email", length=254
    )
    names = fold_texts(
        (text for facts in many for text in (facts.name, facts.company) if text), length=KEY_LENGTH
    )
    return {
        EMAIL: [{emails[email] for email in facts.emails if emails[email]} for facts in many],
        # A domain may have been entered with "www."
        DOMAIN: [{key for domain in facts.domains for key in (domain, f"www.{domain}")} for facts in many],
        COMPANY_NAME: [{names[facts.company]} - {""} if facts.company else set() for facts in many],
        PHONE: [set(facts.phones) for facts in many],
        NAME: [{names[facts.name]} - {""} if facts.name else set() for facts in many],
    }
