"""The form of a company."""

from typing import Any

from accounts.models import Department
from accounts.record_form import RecordForm
from customers.companies import fields
from customers.models import Company


def first_values(user) -> dict[str, Any]:
    """The defaults for a new company: the user, and their first department."""
    department = Department.objects.active().filter(pk__in=user.department_ids[:1]).first()
    return {"department": department, "owner": user.pk if department else None}


class CompanyForm(RecordForm):
    class Meta:
        model = Company
        fields = fields.FORM_FIELDS
