"""The list of companies: what doesn't follow from a field type."""

from django.utils.translation import gettext_lazy as _

from crm.custom.built_in import label
from crm.fields.periods import PAST, Period
from crm.imports.filter import OfImport
from crm.records.filters import FilterSet
from crm.records.record_table import RecordTable
from crm.records.segments import Ordered
from crm.records.sorts import BY_AGE, Sorts
from crm.records.tables import Column, MomentColumn, RowHead
from customers.companies import fields
from customers.models import Company

SORTS = Sorts(
    Company,
    # Department and tags sort without their own index.
    [*fields.SORT, "department", "tags"],
    {"created_at": BY_AGE, "id": Ordered("id")},
)


class CompanyFilter(FilterSet):
    by_age = ("owner", "country")

    imported = OfImport(label=_("import"))
    created = Period(label=label("company", "created_at", _("added")), column="created_at", periods=PAST)

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
