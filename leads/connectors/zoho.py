"""Zoho CRM: "Standard fields in Leads" (help.zoho.com); exports add "Record Id" and the IDs of linked records."""

from crm.transfer.imports.columns.program_exports import Program

ZOHO = Program(
    "Zoho CRM",
    marks=("Record Id", "Lead Owner", "Lead Status"),
    number=("Record Id",),
    fields={
        "Lead Owner": "owner",
        "Lead Owner.id": "",
        "First Name": "first_name",
        "Last Name": "last_name",
        "Company": "company",
        "Title": "title",
        "Email": "email",
        "Secondary Email": "second_email",
        "Phone": "phone",
        "Mobile": "mobile",
        "Website": "website",
        "Lead Source": "source",
        "Lead Status": "status",
        "Street": "address",
        "City": "city",
        "State": "state",
        "Zip Code": "zip",
        "Country": "country",
        "Tag": "tags",
        "Created Time": "created_at",
        "Modified Time": "",
        "Last Activity Time": "",
        "Description": "description",
        "Created By.id": "",
        "Modified By.id": "",
    },
)
