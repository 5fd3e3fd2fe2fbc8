"""The form of a company."""

from accounts.ownership.record_form import RecordForm
from customers.companies import fields
from customers.models import Company


class CompanyForm(RecordForm):
    class Meta:
        model = Company
        fields = fields.FORM_FIELDS
