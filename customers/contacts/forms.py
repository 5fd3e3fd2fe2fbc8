"""The form of a contact."""

from accounts.ownership.record_form import RecordForm
from customers.contacts import fields
from customers.models import Contact


class ContactForm(RecordForm):
    class Meta:
        model = Contact
        fields = fields.FORM_FIELDS
