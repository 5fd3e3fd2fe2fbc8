"""What a page of mailings and a call of API v2 store with the same values, with the audit log."""

from functools import partial
from typing import Any

from crm.models import AuditEntry
from mailings.models import Delivery, Mailing, MailingList, Suppression
from tests.api import page_and_call

MODELS = (Mailing, MailingList, Suppression, Delivery)
# They differ from one try to the next.
CHANGING = ("id", "at", "created_at", "mailing_id")


def read_mailings() -> dict[str, list[Any]]:
    rows = {
        model.__name__: [
            {key: value for key, value in row.items() if key not in CHANGING}
            for row in model.objects.order_by("pk").values()
        ]
        for model in MODELS
    }
    return rows | {"audit log": list(AuditEntry.objects.order_by("pk").values_list("kind", flat=True))}


carry_out_by_page = partial(page_and_call.carry_out_by_page, tables=read_mailings)


def carry_out_by_call(program: Any, method: str, path: str, data: Any = None) -> page_and_call.Done:
    return page_and_call.carry_out_by_call(program, method, path, data, read_mailings)
