"""The formulas that compare with a status, source or lost reason: the pages that delete or merge one name them."""

from typing import Any

from django.utils.translation import ngettext

from accounts.models import User
from crm.fields.custom.formulas.value_replacement import find_formulas_comparing
from crm.models import CustomField
from crm.records.kinds.kind_registry import KINDS
from crm.records.kinds.record_uses import Uses, build_uses
from leads.models import LostReason, Source, Status

FIELDS = {Status: "status", Source: "source", LostReason: "lost_reason"}


def find_formulas_using(record: Any, viewer: User) -> list[Uses]:
    name = FIELDS.get(type(record))
    rows = find_formulas_comparing(name, str(record.pk)) if name else []
    words = ngettext(
        "%(number)s formula compares with it. If it’s merged or deleted, the formula will compare with the replacement",
        "%(number)s formulas compare with it. If it’s merged or deleted, the formulas will compare with the replacement",
        len(rows),
    )
    shown = rows if viewer.has_perm(CustomField.get_right("change")) else []
    names = [(row.label, KINDS[row.table_of].get_url("field_edit", row.pk)) for row in shown]
    return build_uses(rows, words, names)
