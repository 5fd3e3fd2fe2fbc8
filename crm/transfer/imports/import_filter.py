"""The filter for the records that one import added or changed, for users who may see that import."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.fields.conditions.field_filters import CombinableFilter
from crm.models import Change, Import
from crm.platform.web.id_parsing import parse_number
from crm.records.kinds.kind_registry import TO_IMPORT
from crm.templatetags.look import short_date

# The form offers this many; a link may name an older one.
OFFERED = 100


class ImportField(forms.ChoiceField):
    """The number of an import that the user may see. `imports` are those."""

    def __init__(self, imports: Any, **keywords) -> None:
        self.imports = imports
        super().__init__(required=False, choices=self._get_newest_choices, **keywords)

    def clean(self, value: Any) -> Import | None:
        if not value:
            return None
        found = self.imports.filter(pk=parse_number(str(value))).select_related("operation").first()
        if found is None:
            raise forms.ValidationError(
                _("Import %(number)s doesn’t exist, or you can’t view it."), params={"number": value}
            )
        return found

    def _get_newest_choices(self) -> list[tuple[str, Any]]:
        newest = self.imports.newest_first().only("name", "ended_at")[:OFFERED]
        named = [(str(row.pk), f"{row.name}, {short_date(row.ended_at)}") for row in newest]
        return [("", gettext_lazy("any")), *named]


class OfImport(CombinableFilter):
    @property
    def field(self):
        if not hasattr(self, "_field"):
            self._field = ImportField(self.visible_imports_queryset(self.parent.user), label=self.label)
        return self._field

    def visible_imports_queryset(self, user) -> Any:
        done = Import.objects.visible_to(user).of_table(self.model.table).of_records().done()
        return done if self.is_offered_to(user, self.model) else done.none()

    def is_offered_to(self, user, model):
        return user.has_perms([model.get_right(right) for right in TO_IMPORT])

    def build_condition(self, value):
        touched = Change.objects.of_operations([value.operation] if value.operation else [], self.model.table)
        return Q(pk__in=touched.values("row"))

    def describe_value(self, value: Import) -> str:
        return value.name
