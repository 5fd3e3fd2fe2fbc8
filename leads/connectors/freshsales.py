"""Freshsales: contacts as leads; its phones are called "Work" and "Mobile" (crmsupport.freshworks.com, exporting records)."""

from crm.transfer.imports.columns.program_exports import Program

FRESHSALES = Program(
    "Freshsales",
    marks=("Sales owner", "Lifecycle stage"),
    number=("Id",),
    fields={
        "Emails": "email",
        "Work": "phone",
        "Mobile": "mobile",
        "Accounts": "company",
        "Lifecycle stage": "",
        "Status": "status",
        "Sales owner": "owner",
        "Last contacted time": "last_contacted_at",
    },
)
