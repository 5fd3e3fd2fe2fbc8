"""Bitrix24: the columns of its lists, which its exports have (helpdesk.bitrix24.com, "Standard fields in CRM")."""

from crm.transfer.imports.columns.program_exports import Program

# Of people, whether they are leads or contacts.
PEOPLE = {
    "Salutation": "",
    "First name": "first_name",
    "Second name": "",
    "Last name": "last_name",
    "Date of birth": "",
    "Created on": "created_at",
    "Source": "source",
    "Work phone": "phone",
    "Mobile": "mobile",
    "Fax": "",
    "Home": "",
    "Pager": "",
    "Other phone number": "",
    "Corporate website": "website",
    "Personal page": "",
    "Work e-mail": "email",
    "Home e-mail": "second_email",
    "Other e-mail": "",
    "Company": "company",
    "Company name": "company",
    "Position": "title",
    "Comment": "description",
    "Responsible person": "owner",
    "Created by": "",
    "Modified by": "",
    "Available to everyone": "",
    "Photo": "",
}
BITRIX24 = Program(
    "Bitrix24",
    marks=("Lead name", "Responsible person"),
    number=("ID",),
    fields={
        "Stage": "status",
        "Lead name": "",
        **PEOPLE,
        "Total": "value",
        "Currency": "currency",
        "Address": "address",
    },
)
