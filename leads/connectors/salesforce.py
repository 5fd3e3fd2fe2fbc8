"""Salesforce: field names of the Lead object in files of Data Loader, field labels in reports
(developer.salesforce.com, Object Reference, Lead).
"""

from crm.transfer.imports.columns.program_exports import Program

SALESFORCE_OBJECTS = Program(
    "Salesforce",
    marks=("Id", "LastName", "LeadSource", "OwnerId"),
    number=("Id",),
    instead={"OwnerId": "owner"},
    fields={
        "FirstName": "first_name",
        "LastName": "last_name",
        "Name": "",
        "Company": "company",
        "Title": "title",
        "Email": "email",
        "Phone": "phone",
        "MobilePhone": "mobile",
        "Website": "website",
        "Street": "address",
        "City": "city",
        "State": "state",
        "PostalCode": "zip",
        "Country": "country",
        "Status": "status",
        "LeadSource": "source",
        "Owner.Name": "owner",
        "Owner.Email": "owner",
        "OwnerId": "",
        "CreatedDate": "created_at",
        "LastActivityDate": "",
        "Description": "description",
        "CurrencyIsoCode": "currency",
    },
)
SALESFORCE_REPORT = Program(
    "Salesforce",
    marks=("Company / Account", "Lead Status"),
    number=("Lead ID",),
    fields={
        "Lead Owner": "owner",
        "First Name": "first_name",
        "Last Name": "last_name",
        "Company / Account": "company",
        "Title": "title",
        "Email": "email",
        "Phone": "phone",
        "Mobile": "mobile",
        "Website": "website",
        "Street": "address",
        "City": "city",
        "State/Province": "state",
        "Zip/Postal Code": "zip",
        "Country": "country",
        "Lead Status": "status",
        "Lead Source": "source",
        "Create Date": "created_at",
        "Last Activity": "",
        "Description": "description",
    },
)
