"""A company whose leads have only the fields that they are delivered with, and files that were read into the database."""

from collections.abc import Sequence
from typing import Any

import pytest

from crm.models import Import, ImportRow
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.check.rules_by_kind import get_rules_class
from crm.transfer.imports.columns.import_options import ImportOptions
from tests.decisions.imports.on_paper import defined


@pytest.fixture
def on_paper():
    with defined():
        yield


@pytest.fixture
def read(db):
    """read(ann, ["last_name", "city"], [["Pop", "Cluj"]], mode="create"): an import that waits for its check. Its rows have
    the numbers 2, 3 and so on, and the headers of its columns are their fields."""

    def kept(
        user: Any,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]] = (),
        *,
        of: str = "lead",
        first: int = 2,
        **options: Any,
    ) -> Import:
        kind = KINDS[of]
        told = {
            name: options.pop(name) for name in [*options] if name not in ImportOptions.__dataclass_fields__
        }
        defaults = get_rules_class(kind)(kind, user).get_first_defaults() | options.pop("defaults", {})
        imported = Import.objects.create(
            **{
                "user": user,
                "table": of,
                "name": "leads.xlsx",
                "mapping": [*heads],
                "columns": [{"heading": head, "filled": 1, "kinds": "s", "samples": []} for head in heads],
                "options": vars(ImportOptions(**options, defaults=defaults)),
                "rows": len(rows),
                "state": "columns",
                **told,
            }
        )
        # Their order in the table says nothing.
        made = [
            ImportRow(of=imported, row=number, cells=[*cells]) for number, cells in enumerate(rows, first)
        ]
        ImportRow.objects.bulk_create(reversed(made))
        return imported

    return kept
