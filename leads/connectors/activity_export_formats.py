"""The exports of notes, calls and meetings, by program. EspoCRM, Twenty, Django CRM and CRM Connect have none that names its records.

HubSpot: labels of the default properties of activities (knowledge.hubspot.com). Pipedrive: "Entity - Field" (support.pipedrive.com,
"Exporting data"). Zoho CRM: module Notes of a backup. Salesforce: the objects Note and Task in files of Data Loader.
"""

from crm.transfer.imports.activities.program_exports import AUTHOR, NUMBER, SUBJECT, ActivityExport
from crm.work.models.activity import Activity

# By record type: the headers that name the record of a row.
OF_HUBSPOT = {
    "lead": {"Associated Contact IDs": NUMBER},
    "contact": {"Associated Contact IDs": NUMBER},
    "company": {"Associated Company IDs": NUMBER},
    "deal": {"Associated Deal IDs": NUMBER},
}
EMAILS = {"Person - Email": "email", "Person - Email - Work": "email", "Person - Email (Work)": "email"}
OF_PIPEDRIVE = {
    "lead": {"Lead - ID": NUMBER, **EMAILS},
    "contact": {"Person - ID": NUMBER, **EMAILS},
    "company": {
        "Organization - ID": NUMBER,
        "Activity - Organization": "name",
        "Organization": "name",
        "Organization - Name": "name",
    },
    "deal": {"Deal - ID": NUMBER, "Activity - Deal": "name", "Deal": "name", "Deal - Title": "name"},
}
PARENTS = {"Parent ID.id": NUMBER, "Parent Id.id": NUMBER, "Parent ID": NUMBER, "Parent Id": NUMBER}
TABLES = ("lead", "contact", "company", "deal")
OF_ZOHO = dict.fromkeys(TABLES, PARENTS)
OF_SALESFORCE = {table: {"ParentId": NUMBER} for table in TABLES}
OF_SALESFORCE_TASKS = {
    "lead": {"WhoId": NUMBER},
    "contact": {"WhoId": NUMBER},
    "company": {"AccountId": NUMBER, "WhatId": NUMBER},
    "deal": {"WhatId": NUMBER},
}

HUBSPOT = {"Activity date": "at", "Activity assigned to": AUTHOR, "Activity created by": AUTHOR}
HUBSPOT_NOTES = ActivityExport("HubSpot", ("Note body",), {"Note body": "text", **HUBSPOT}, OF_HUBSPOT)
HUBSPOT_CALLS = ActivityExport(
    "HubSpot",
    ("Call notes", "Call outcome"),
    {"Call title": SUBJECT, "Call notes": "text", "Call outcome": "outcome", **HUBSPOT},
    OF_HUBSPOT,
    Activity.Type.CALL,
)
HUBSPOT_MEETINGS = ActivityExport(
    "HubSpot",
    ("Meeting name", "Meeting start time"),
    {
        "Meeting name": SUBJECT,
        "Meeting description": "text",
        "Meeting start time": "at",
        "Activity assigned to": AUTHOR,
    },
    OF_HUBSPOT,
    Activity.Type.MEETING,
)
PIPEDRIVE_NOTES = ActivityExport(
    "Pipedrive",
    ("Note - Content",),
    {
        "Note - Content": "text",
        "Note - Add time": "at",
        "Note - Creation date": "at",
        "Note - User": AUTHOR,
        "Note - Created by": AUTHOR,
    },
    OF_PIPEDRIVE,
)
PIPEDRIVE_ACTIVITIES = ActivityExport(
    "Pipedrive",
    ("Activity - Subject", "Activity - Type"),
    {
        "Activity - Subject": SUBJECT,
        "Activity - Note": "text",
        "Activity - Type": "type",
        "Activity - Marked as done time": "at",
        "Activity - Due date": "at",
        "Activity - Add time": "at",
        "Activity - Assigned to user": AUTHOR,
    },
    OF_PIPEDRIVE,
)
ZOHO_NOTES = ActivityExport(
    "Zoho CRM",
    ("Note Content",),
    {
        "Note Title": SUBJECT,
        "Note Content": "text",
        "Created Time": "at",
        "Note Owner": AUTHOR,
        "Created By": AUTHOR,
    },
    OF_ZOHO,
)
SALESFORCE_NOTES = ActivityExport(
    "Salesforce",
    ("ParentId", "Body", "OwnerId"),
    {"Title": SUBJECT, "Body": "text", "CreatedDate": "at", "Owner.Name": AUTHOR, "CreatedBy.Name": AUTHOR},
    OF_SALESFORCE,
)
SALESFORCE_TASKS = ActivityExport(
    "Salesforce",
    ("WhoId", "Subject", "ActivityDate"),
    {
        "Subject": SUBJECT,
        "Description": "text",
        "TaskSubtype": "type",
        "Type": "type",
        "ActivityDate": "at",
        "Owner.Name": AUTHOR,
    },
    OF_SALESFORCE_TASKS,
)
# What programs without an entry above mostly call these columns.
PEOPLE = {
    "Associated Contact Email": "email",
    "Contact Email": "email",
    "Lead Email": "email",
    "Person Email": "email",
    "Email": "email",
    "Email Address": "email",
}
OF_ANY = {
    "lead": PEOPLE,
    "contact": PEOPLE,
    "company": {
        "Company": "name",
        "Company Name": "name",
        "Account": "name",
        "Account Name": "name",
        "Organization": "name",
    },
    "deal": {"Deal": "name", "Deal Name": "name", "Opportunity": "name", "Opportunity Name": "name"},
}
ANY = ActivityExport(
    "",
    ("Activity Type", "Activity Date"),
    {
        "Activity Type": "type",
        "Activity Date": "at",
        "Subject": SUBJECT,
        "Activity Subject": SUBJECT,
        "Activity Notes": "text",
        "Activity Description": "text",
        "Notes": "text",
        "Note": "text",
        "Description": "text",
        "Comments": "text",
        "Outcome": "outcome",
        "Activity Outcome": "outcome",
        "Activity Owner": AUTHOR,
        "Owner": AUTHOR,
        "Assigned To": AUTHOR,
        "Created By": AUTHOR,
    },
    OF_ANY,
)
ACTIVITIES = [
    HUBSPOT_NOTES, HUBSPOT_CALLS, HUBSPOT_MEETINGS, PIPEDRIVE_NOTES, PIPEDRIVE_ACTIVITIES, ZOHO_NOTES, SALESFORCE_NOTES,
    SALESFORCE_TASKS, ANY,
]  # fmt: skip
