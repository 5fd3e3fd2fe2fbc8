"""Django CRM: exports have the fields of its model Lead as headers (github.com/DjangoCRM/django-crm, crm/site/leadadmin.py)."""

from crm.transfer.imports.columns.program_exports import Program

DJANGO_CRM = Program(
    "Django CRM",
    marks=("id", "company_name", "lead_source", "secondary_email", "disqualified"),
    number=("id",),
    fields={
        "first_name": "first_name",
        "middle_name": "",
        "last_name": "last_name",
        "title": "title",
        "email": "email",
        "secondary_email": "second_email",
        "phone": "phone",
        "mobile": "mobile",
        "other_phone": "mobile",
        "company_name": "company",
        "website": "website",
        "address": "address",
        "city_name": "city",
        "region": "state",
        "country": "country",
        "lead_source": "source",
        "owner": "owner",
        "department": "department",
        "tags": "tags",
        "description": "description",
        "creation_date": "created_at",
        "disqualified": "",
    },
)
