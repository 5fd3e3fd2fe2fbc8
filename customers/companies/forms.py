"""The form of a company."""

from accounts.record_form import RecordForm
from crm.fields.links import offer_links
from customers.companies import fields
from customers.models import Company


class CompanyForm(RecordForm):
    class Meta:
        model = Company
        fields = fields.FORM_FIELDS

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        offer_links(self, self.user)
