"""The list of companies: what doesn't follow from a field type."""

from django.utils.translation import gettext_lazy as _

from crm.fields.conditions.periods import PAST_PERIODS, Period
from crm.fields.custom.definitions.built_in_fields import label
from crm.fields.sort_segments import ColumnSort
from crm.records.listing.filters import FilterSet
from crm.records.paging.sorts import BY_AGE, Sorts
from crm.records.tables.record_table import RecordTable
from crm.records.tables.tables import Column, MomentColumn, RowHead
from crm.transfer.imports.import_filter import OfImport
from customers.companies import fields
from customers.models import Company

SORTS = Sorts(
    Company,
    # Department and tags sort without their own index.
    [*fields.SORT, "department", "tags"],
    {"created_at": BY_AGE, "id": ColumnSort("id")},
)


class CompanyFilter(FilterSet):
    by_age = ("owner", "country")

    imported = OfImport(label=_("import"))
    created = Period(
        label=label("company", "created_at", _("added")), column="created_at", periods=PAST_PERIODS
    )

    class Meta:
        model = Company
        fields = fields.FILTER


class CompanyTable(RecordTable):
    name = RowHead()
    created_at = MomentColumn(spot="added")
    id = Column(verbose_name=_("number"), end=True, priority=3)
    # Only the Trash list has it.
    deleted_at = MomentColumn(verbose_name=_("in Trash since"))

    class Meta:
        model = Company
        fields = fields.LIST

    priorities = {"domain": 2, "country": 2, "owner": 2}
    inline_words = {
        "owner": _("%(value)s: assign %(record)s"),
        "domain": _("%(value)s: change the domain of %(record)s"),
    }
