"""Leads of advertisements and lists of people: Meta (facebook.com/business/help, downloading leads), LinkedIn (linkedin.com/help, exporting
connections) and Apollo.io. Their links are profiles of people, not websites.
"""

from crm.transfer.imports.columns.program_exports import Program

META = Program(
    "Meta",
    marks=("created_time", "form_id"),
    number=("id",),
    fields={
        "created_time": "created_at",
        "ad_id": "",
        "ad_name": "",
        "adset_id": "",
        "adset_name": "",
        "campaign_id": "",
        "campaign_name": "",
        "form_id": "",
        "form_name": "",
        "is_organic": "",
        "platform": "source",
        "lead_status": "status",
    },
)
LINKEDIN = Program("LinkedIn", marks=("First Name", "Last Name", "URL", "Connected On"), fields={"URL": ""})
APOLLO = Program(
    "Apollo",
    marks=("Person Linkedin Url", "Work Direct Phone"),
    number=("Apollo Contact Id",),
    fields={
        "First Name": "first_name",
        "Last Name": "last_name",
        "Title": "title",
        "Company Name": "company",
        "Company Name for Emails": "",
        "Email": "email",
        "Email Status": "",
        "Contact Owner": "owner",
        "Account Owner": "",
        "Departments": "",
        "Work Direct Phone": "phone",
        "Mobile Phone": "mobile",
        "Corporate Phone": "phone",
        "Company Phone": "",
        "Home Phone": "",
        "Other Phone": "",
        "Stage": "status",
        "Last Contacted": "last_contacted_at",
        "Lists": "",
        "Keywords": "",
        "Person Linkedin Url": "",
        "Company Linkedin Url": "",
        "Facebook Url": "",
        "Twitter Url": "",
        "Website": "website",
        "City": "city",
        "State": "state",
        "Country": "country",
        "Company Address": "",
        "Company City": "",
        "Company State": "",
        "Company Country": "",
        "Secondary Email": "second_email",
    },
)
