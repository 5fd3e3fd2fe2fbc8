"""A lead as Umbra ERP shows it: five words for its status, IDs with a prefix, times in UTC."""

from datetime import UTC
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from crm.api.call_parameters import parse_url_number
from leads.api import dialect_fields
from leads.api.public_ids import PUBLIC_IDS, decode_number, get_public_id
from leads.models import Source, Status

KIND, STATUS_WORDS = Status.Kind, ["new", "contacted", "qualified", "converted", "lost"]
GROUPS: dict[str, list[str]] = {
    "new": [KIND.NEW],
    "contacted": [KIND.CONTACTED],
    "qualified": [KIND.QUALIFIED, KIND.PROPOSAL],
    "converted": [KIND.WON],
    "lost": [KIND.LOST, KIND.DISQUALIFIED],
}
WORD_OF_KIND = {kind: word for word, kinds in GROUPS.items() for kind in kinds}
SOURCE_WORDS = ["website", "referral", "cold_call", "event", "other"]
USER = "user_"


@lru_cache(maxsize=10_000)
def build_public_user_id(pk: int | None) -> str:
    """ "user_…", or '' if unassigned."""
    return USER + PUBLIC_IDS.encode([pk]) if pk else ""


def parse_user_id(text: str) -> int | None:
    """The ID in "user_…", or the number that all dialects accept; None for anything else."""
    return decode_number(text.removeprefix(USER)) if text.startswith(USER) else parse_url_number(text)


COLUMNS = {
    "id": "pk",
    "first_name": "first_name",
    "last_name": "last_name",
    "email": "email",
    "company": "company",
    "status": "status__kind",
    "assigned_to": "owner_id",
    "created_at": "created_at",
    "phone": "phone",
    "source": "source__kind",
    "notes": "description",
}


def build_lead_rows(rows: QuerySet, names: list[str]) -> list[dict[str, str]]:
    """These few leads, in their order."""
    wanted = [COLUMNS[name] for name in names]
    return [_get_words(dict(zip(names, row, strict=True))) for row in rows.values_list(*wanted)]


def _get_words(row: dict[str, Any]) -> dict[str, str]:
    row["id"] = get_public_id(row["id"])
    row["status"] = WORD_OF_KIND[row["status"]]
    row["assigned_to"] = build_public_user_id(row["assigned_to"])
    row["created_at"] = row["created_at"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if "source" in row:
        row["source"] = row["source"] if row["source"] in SOURCE_WORDS else "other"
    return row


LISTED = dialect_fields.UMBRA
ONE = [*dialect_fields.UMBRA, *dialect_fields.UMBRA_ONE]


def find_status_by_word(word: str, pipeline_id: int) -> Status | None:
    """The first status of the word's kind in the pipeline."""
    return Status.objects.active().of_pipeline(pipeline_id).of_kind(GROUPS[word][0]).in_order().first()


def find_source_by_word(word: str) -> Source | None:
    """The source of that kind, preferably the shipped one; if there is none, any other."""
    for kind in (word, Source.Kind.OTHER):
        found = Source.objects.active().of_kind(kind)
        if found:
            return next((source for source in found if source.key == kind), found[0])
    return Source.objects.active().by_name().first()
