"""Pipedrive: leads, and people without one. Exports name the entity first, "Person - Name" (support.pipedrive.com,
"Exporting data"). A file of leads has the IDs of its people too, but they don't number its rows.
"""

from crm.fields.schemas import WHOLE_NAME
from crm.transfer.imports.columns.file_columns import TO_DESCRIPTION
from crm.transfer.imports.columns.program_exports import Program

# Of people, whether they become leads or contacts.
PEOPLE = {
    "Person - Name": WHOLE_NAME,
    "Person - First name": "first_name",
    "Person - Last name": "last_name",
    "Person - Email": "email",
    "Person - Email - Work": "email",
    "Person - Email (Work)": "email",
    "Person - Email - Home": "second_email",
    "Person - Email (Home)": "second_email",
    "Person - Phone": "phone",
    "Person - Phone - Work": "phone",
    "Person - Phone (Work)": "phone",
    "Person - Phone - Mobile": "mobile",
    "Person - Phone (Mobile)": "mobile",
    "Person - Job title": "title",
    "Person - Organization": "company",
    "Person - Owner": "owner",
    "Person - Label": "tags",
    "Person - Labels": "tags",
    "Person - Person created": "created_at",
    "Person - Creation date": "created_at",
    "Person - Visible to": "",
}
PEOPLE_NUMBERS = ("Person - ID", "Person - Pipedrive System ID")
PIPEDRIVE_LEADS = Program(
    "Pipedrive",
    marks=("Lead - Title",),
    number=("Lead - ID", "Lead - Pipedrive System ID"),
    fields={
        "Lead - Title": TO_DESCRIPTION,
        "Lead - Owner": "owner",
        "Lead - Label": "tags",
        "Lead - Labels": "tags",
        "Lead - Value": "value",
        "Lead - Currency of Value": "currency",
        "Lead - Source": "source",
        "Lead - Source name": "source",
        "Lead - Source channel": "source",
        "Lead - Source channel ID": "",
        "Lead - Lead created": "created_at",
        "Lead - Created": "created_at",
        "Lead - Creation date": "created_at",
        "Lead - Note": TO_DESCRIPTION,
        "Person - Name": WHOLE_NAME,
        "Person - Email": "email",
        "Person - Email - Work": "email",
        "Person - Email - Home": "second_email",
        "Person - Phone": "phone",
        "Person - Phone - Work": "phone",
        "Person - Phone - Mobile": "mobile",
        "Contact person": WHOLE_NAME,
        "Organization": "company",
        "Organization - Name": "company",
        "Organization - Address": "address",
    },
)
PIPEDRIVE_PEOPLE = Program(
    "Pipedrive people",
    marks=("Person - Name",),
    number=PEOPLE_NUMBERS,
    fields={**PEOPLE, "Person - Notes": TO_DESCRIPTION},
)
