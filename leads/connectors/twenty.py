"""Twenty: people as leads. Exports have the headers that its imports read (docs.twenty.com, "Import contacts via CSV")."""

from crm.transfer.imports.columns.file_columns import CALLING_CODE
from crm.transfer.imports.columns.program_exports import Program

TWENTY = Program(
    "Twenty",
    marks=("Name / First Name", "Name / Last Name", "Emails / Primary Email"),
    number=("Id",),
    fields={
        "Name / First Name": "first_name",
        "Name / Last Name": "last_name",
        "Emails / Primary Email": "email",
        "Emails / Additional Emails": "second_email",
        "Phones / Primary Phone Number": "phone",
        "Phones / Primary Phone Country Code": "",
        "Phones / Primary Phone Calling Code": CALLING_CODE,
        "Phones / Additional Phones": "mobile",
        "Job Title": "title",
        "City": "city",
        "Company / Name": "company",
        "Company": "company",
        "Creation date": "created_at",
        "Created by": "",
    },
)
