"""The form of a contact."""

from accounts.record_form import RecordForm
from customers.contacts import fields
from customers.models import Company, Contact


class ContactForm(RecordForm):
    class Meta:
        model = Contact
        fields = fields.FORM_FIELDS

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        offered = Company.objects.present().visible_to(self.user)
        kept = Company.objects.filter(pk=self.instance.company_id)
        self.fields["company"].queryset = offered | kept
        self.fields["company"].disabled = not self.user.has_perm(Company.right("view"))
