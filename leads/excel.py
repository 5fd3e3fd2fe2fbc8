"""Leads in Excel: one django-import-export Resource says which columns there are and what a cell of each means.

Its widgets are the only definition of reading and writing a cell. Its row-by-row engine is not used: the way out is a
stream of tuples, the way in cleans each distinct value once (leads/imports).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from import_export import resources
from import_export.fields import Field

from crm.excel.cells import Column
from crm.excel.widgets import CellWidget, Text, widget_of
from leads import excel_lookups as lookups
from leads import fields, names
from leads.forms import tidy_email
from leads.models import Lead
from mailings.models import Newsletter

# The columns that go along hidden, so that a file can come back.
ALONG = ["id", "version"]
# What only the product writes, and what is taken from a file for new leads only.
NEVER_READ = [
    "newsletter",
    "status_since",
    "assigned_at",
    "first_contacted_at",
    "converted_at",
    "created_by",
]
ONLY_FOR_NEW = ["created_at", "last_contacted_at"]

WIDTHS = {
    "title": 20, "company": 28, "email": 30, "second_email": 26, "phone": 20, "mobile": 20, "website": 26, "address": 30,
    "zip": 11, "country": 18, "language": 11, "value": 12, "currency": 9, "tags": 22, "vip": 6, "shared": 9,
    "owner": 34, "created_by": 24, "next_action": 26, "next_action_on": 13, "description": 50, "lost_remark": 24,
}  # fmt: skip


class EmailCell(Text):
    def clean(self, value, row=None, **keywords):
        return tidy_email(super().clean(value))


class NewsletterCell(CellWidget):
    """The state in words; it is never read, so that no file turns an unsubscribed person back."""

    def __init__(self) -> None:
        super().__init__()
        self.rendering = self.word

    def prepare(self, user, *, day_first=True, decimal="."):
        self.words = {value: str(label) for value, label in Newsletter.State.choices}

    def word(self, state: str | None) -> str:
        return self.words[state or Newsletter.State.NONE]


class AddedByCell(CellWidget):
    """Who added the lead, by name; it is never read either."""

    def __init__(self) -> None:
        super().__init__()
        self.rendering = self.name_of

    def prepare(self, user, *, day_first=True, decimal="."):
        self.names = names.users()

    def name_of(self, pk: int | None) -> str:
        return self.names.get(pk, "") if pk else ""


class LeadResource(resources.ModelResource):
    """`attribute` of each field is the column of the database. Made for one user, whose language and scope it speaks."""

    id = Field("id", widget=lookups.LeadNumber())
    version = Field("version", widget=lookups.Version())
    status = Field("status_id", widget=lookups.StatusCell())
    source = Field("source_id", widget=lookups.SourceCell())
    lost_reason = Field("lost_reason_id", widget=lookups.LostReasonCell())
    owner = Field("owner_id", widget=lookups.OwnerCell())
    created_by = Field("created_by_id", widget=AddedByCell())
    department = Field("department_id", widget=lookups.DepartmentCell())
    country = Field("country", widget=lookups.CountryCell())
    currency = Field("currency", widget=lookups.CurrencyCell())
    tags = Field("tags", widget=lookups.TagsCell())
    newsletter = Field("newsletter_state", widget=NewsletterCell())

    class Meta:
        model = Lead
        fields = tuple(fields.EXCEL)

    def __init__(self, user, *, day_first: bool = True, decimal: str = ".") -> None:
        super().__init__()
        self.user = user
        for field in self.fields.values():
            field.widget.prepare(user, day_first=day_first, decimal=decimal)

    @classmethod
    def field_from_django_field(cls, field_name, django_field, readonly):
        email = django_field.get_internal_type() == "CharField" and django_field.name in (
            "email",
            "second_email",
        )
        widget = EmailCell(django_field) if email else widget_of(django_field)
        return Field(django_field.attname, field_name, widget=widget)

    def widget(self, name: str) -> CellWidget:
        return self.fields[name].widget

    def columns(self, names: Sequence[str], *, hidden: Sequence[str] = ()) -> list[Column]:
        """The columns of a workbook."""
        return [
            Column(
                heading=heading_of(name),
                kind=self.widget(name).kind,
                width=WIDTHS.get(name, 16),
                hidden=name in hidden,
                choices=getattr(self.widget(name), "choices", ()),
            )
            for name in names
        ]

    def rows(self, leads: Iterable[Sequence[Any]], names: Sequence[str]) -> Iterator[list[Any]]:
        """Cells of leads that come as tuples of `attributes(names)`."""
        renderings: list[tuple[int, Callable[[Any], Any]]] = [
            (place, rendering)
            for place, name in enumerate(names)
            if (rendering := self.widget(name).rendering)
        ]
        for lead in leads:
            cells = list(lead)
            for place, rendering in renderings:
                cells[place] = rendering(cells[place])
            yield cells

    def attributes(self, names: Sequence[str]) -> list[str]:
        return [self.fields[name].attribute for name in names]


def heading_of(name: str) -> str:
    """The head of a column, in the reader's language."""
    own = {
        "id": _("lead id"),
        "version": _("version"),
        "newsletter": _("newsletter"),
        "created_by": _("added by"),
    }
    return str(capfirst(own.get(name) or names.field_label(name)))


def columns_of_view(shown: Sequence[str]) -> list[str]:
    """The columns of a file that hold what these columns of the list show."""
    parts = {**fields.PARTS, "time_in_status": ["status_since"], "id": []}
    names = [part for name in shown for part in parts.get(name, [name])]
    return [name for name in dict.fromkeys(names) if name in fields.EXCEL]
