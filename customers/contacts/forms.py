"""The form of a contact."""

from accounts.record_form import RecordForm
from crm.fields.links import offer_links
from customers.contacts import fields
from customers.models import Contact


class ContactForm(RecordForm):
    class Meta:
        model = Contact
        fields = fields.FORM_FIELDS

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        offer_links(self, self.user)
