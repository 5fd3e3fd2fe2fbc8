"""Consents of records that are deleted permanently: they go with the last record of their person."""

from typing import Any

from django.db import connection

from crm.records.kinds.kind_registry import KINDS
from customers.consent.consent_recording import OF_PEOPLE
from customers.consent.current_consent import build_record_person_key
from customers.models import Consent, ConsentState

# The emails of the records that this operation deleted, from their last version.
EMAILS = """
    SELECT DISTINCT left(leadwell_fold_email(c.fields->'email'->>0), 254) FROM crm_change c
    WHERE c.operation_id = nullif(current_setting('leadwell.operation', true), '')::bigint
      AND c."table" = %s AND c."row" = ANY(%s) AND c.kind = 'delete' AND c.fields->'email'->>0 <> ''
"""


def clear_consents(table: str, ids: list[int]) -> None:
    """Called after these records were deleted permanently. Their undo doesn't bring the consents back."""
    if table not in OF_PEOPLE:
        return
    with connection.cursor() as cursor:
        cursor.execute(EMAILS, [table, ids])
        keys = {key for (key,) in cursor.fetchall()}
    for kind in OF_PEOPLE:
        model: Any = KINDS[kind].model
        rows = model._default_manager.filter(email_key__in=list(keys))
        keys -= {key[:254] for key in rows.order_by().values_list("email_key", flat=True)}
    delete_consents_of_people([*keys, *(build_record_person_key(table, pk) for pk in ids)])


def delete_consents_of_people(people: list[str]) -> None:
    """Delete all that these people agreed to."""
    Consent.objects.of_people(people).delete()
    ConsentState.objects.filter(person__in=people).delete()
