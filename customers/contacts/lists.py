"""The list of contacts: what doesn't follow from a field type."""

from django.utils.translation import gettext_lazy as _

from crm.fields.conditions.periods import PAST_PERIODS, Period
from crm.fields.custom.definitions.built_in_fields import label
from crm.fields.sort_segments import ColumnSort
from crm.records.listing.filters import FilterSet
from crm.records.paging.sorts import BY_AGE, Sorts
from crm.records.tables.record_table import RecordTable
from crm.records.tables.tables import Column, MomentColumn, RowHead
from crm.transfer.imports.import_filter import OfImport
from customers.contacts import fields
from customers.models import Contact

SORTS = Sorts(
    Contact,
    # Department and tags sort without their own index.
    [*fields.SORT, "department", "tags"],
    {"name": ColumnSort("name_key"), "created_at": BY_AGE, "id": ColumnSort("id")},
)


class ContactFilter(FilterSet):
    by_age = ("owner", "country")

    imported = OfImport(label=_("import"))
    created = Period(
        label=label("contact", "created_at", _("added")), column="created_at", periods=PAST_PERIODS
    )

    class Meta:
        model = Contact
        fields = fields.FILTER


class ContactTable(RecordTable):
    name = RowHead(verbose_name=_("name"))
    created_at = MomentColumn(spot="added")
    id = Column(verbose_name=_("number"), end=True, priority=3)
    # Only the Trash list has it.
    deleted_at = MomentColumn(verbose_name=_("in Trash since"))

    class Meta:
        model = Contact
        fields = fields.LIST

    priorities = {"company": 1, "title": 2, "email": 2, "phone": 2, "owner": 2}
    inline_words = {
        "owner": _("%(value)s: assign %(record)s"),
        "title": _("%(value)s: change the position of %(record)s"),
    }

    def render_below_name(self, record):
        return record.email if record.full_name and "email" not in self.sequence_shown else ""
