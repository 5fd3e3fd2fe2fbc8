"""HubSpot: contacts as leads. Exports have the labels of its default contact properties as headers
(knowledge.hubspot.com, "HubSpot's default contact properties").
"""

from crm.transfer.imports.columns.file_columns import TO_DESCRIPTION
from crm.transfer.imports.columns.program_exports import Program, copy_with_marks

HUBSPOT = Program(
    "HubSpot",
    marks=("Record ID", "First Name", "Last Name", "Lifecycle Stage"),
    number=("Record ID", "Contact ID", "Record ID - Contact"),
    fields={
        "First Name": "first_name",
        "Last Name": "last_name",
        "Email": "email",
        "Work email": "second_email",
        "Phone Number": "phone",
        "Mobile Phone Number": "mobile",
        "Company Name": "company",
        "Job Title": "title",
        "Website URL": "website",
        "Street Address": "address",
        "City": "city",
        "State/Region": "state",
        "Postal Code": "zip",
        "Country/Region": "country",
        "Preferred language": "language",
        "Contact owner": "owner",
        "Lead Status": "status",
        "Original Source": "source",
        "Original Traffic Source": "source",
        "Create Date": "created_at",
        "Last Contacted": "last_contacted_at",
        "Message": TO_DESCRIPTION,
        "Notes": TO_DESCRIPTION,
        "Associated Company": "",
        "Associated Company IDs": "",
        "Last Activity Date": "",
    },
)
# A view in which the user has chosen other columns.
HUBSPOT_VIEW = copy_with_marks(HUBSPOT, "Record ID", "Contact owner")
# Files that were made with its API or in its other format have the internal names.
HUBSPOT_NAMES = Program(
    "HubSpot",
    marks=("hs_object_id", "firstname", "lastname"),
    number=("hs_object_id",),
    fields={"hs_lead_status": "status", "lifecyclestage": "", "hubspot_owner_id": "", "hs_linkedin_url": ""},
)
