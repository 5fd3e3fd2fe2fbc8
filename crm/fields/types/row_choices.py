"""Several rows of a small table in one field, such as roles."""

from typing import Any

from django.apps import apps

from crm.fields.types.field_type import FieldType
from crm.platform.sql.reference_tables import get_labels_by_id


class RowNames(FieldType):
    """The ids of rows of a small table in one field, as one text of their names; `unseen` stands for those out of sight."""

    def __init__(self, of: str, unseen: Any) -> None:
        self.of, self.unseen = of, unseen

    def parse_recorded_value(self, field, recorded):
        return recorded

    def format_value(self, field, value, reader=None):
        names = get_labels_by_id(apps.get_model(self.of), reader) if value else {}
        return ", ".join(names.get(pk) or str(self.unseen) for pk in value or [])
