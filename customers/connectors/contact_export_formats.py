"""The exports of contacts, by program."""

from crm.fields.schemas import WHOLE_NAME
from crm.transfer.imports.columns.file_columns import CALLING_CODE
from crm.transfer.imports.columns.program_exports import Program, copy_with_marks, translate_export
from leads.connectors import bitrix24, suitecrm
from leads.connectors.address_books import ADDRESS_BOOKS
from leads.connectors.advertising import LINKEDIN
from leads.connectors.espocrm import ROMANIAN
from leads.connectors.newsletters_and_shops import AUDIENCES
from leads.connectors.pipedrive import PEOPLE, PEOPLE_NUMBERS

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
        "Job Title": "title",
        "Country/Region": "country",
        "Contact owner": "owner",
        "Company Name": "company",
        "Associated Company": "company",
        "Associated Company IDs": "",
        "Create Date": "created_at",
    },
)
PIPEDRIVE = Program("Pipedrive", marks=("Person - Name",), number=PEOPLE_NUMBERS, fields=PEOPLE)
ZOHO = Program(
    "Zoho CRM",
    marks=("Record Id", "Contact Owner", "Account Name"),
    number=("Record Id",),
    instead={"Account Name.id": "company"},
    fields={
        "Contact Owner": "owner",
        "Contact Owner.id": "",
        "First Name": "first_name",
        "Last Name": "last_name",
        "Account Name": "company",
        "Account Name.id": "",
        "Email": "email",
        "Secondary Email": "second_email",
        "Phone": "phone",
        "Mobile": "mobile",
        "Title": "title",
        "Mailing Country": "country",
        "Tag": "tags",
        "Created Time": "created_at",
        "Created By.id": "",
        "Modified By.id": "",
    },
)
SALESFORCE_OBJECTS = Program(
    "Salesforce",
    marks=("Id", "AccountId", "LastName", "OwnerId"),
    number=("Id",),
    instead={"OwnerId": "owner", "AccountId": "company"},
    fields={
        "Name": "",
        "FirstName": "first_name",
        "LastName": "last_name",
        "Account.Name": "company",
        "AccountId": "",
        "Email": "email",
        "Phone": "phone",
        "MobilePhone": "mobile",
        "Title": "title",
        "MailingCountry": "country",
        "Owner.Name": "owner",
        "Owner.Email": "owner",
        "OwnerId": "",
        "CreatedDate": "created_at",
    },
)
SALESFORCE_REPORT = Program(
    "Salesforce",
    marks=("Contact ID", "Last Name", "Account Name"),
    number=("Contact ID",),
    fields={
        "Contact Owner": "owner",
        "First Name": "first_name",
        "Last Name": "last_name",
        "Account Name": "company",
        "Title": "title",
        "Email": "email",
        "Phone": "phone",
        "Mobile": "mobile",
        "Mailing Country": "country",
        "Created Date": "created_at",
        "Last Activity": "",
        "Account Owner": "",
        "Account ID": "",
    },
)
ESPOCRM_LABELS = Program(
    "EspoCRM",
    marks=("Last Name", "Account", "Assigned User"),
    number=("ID",),
    fields={
        "Name": "",
        "First Name": "first_name",
        "Last Name": "last_name",
        "Account": "company",
        "Account Name": "company",
        "Title": "title",
        "Account Title": "title",
        "Email": "email",
        "Phone": "phone",
        "Address Country": "country",
        "Assigned User": "owner",
        "Created At": "created_at",
    },
)
ESPOCRM_NAMES = Program(
    "EspoCRM",
    marks=("id", "lastName", "accountName", "emailAddress"),
    number=("id",),
    instead={"accountId": "company"},
    fields={
        "name": "",
        "firstName": "first_name",
        "lastName": "last_name",
        "accountName": "company",
        "accountId": "",
        "title": "title",
        "emailAddress": "email",
        "phoneNumber": "phone",
        "addressCountry": "country",
        "assignedUserName": "owner",
        "assignedUserId": "",
        "createdAt": "created_at",
    },
)
TWENTY = Program(
    "Twenty",
    marks=("Name / First Name", "Name / Last Name", "Emails / Primary Email"),
    number=("Id",),
    instead={"Company Id": "company"},
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
        "Company / Name": "company",
        "Company": "company",
        "Creation date": "created_at",
    },
)
DJANGO_CRM = Program(
    "Django CRM",
    marks=("id", "last_name", "secondary_email", "company"),
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
        "company": "company",
        "country": "country",
        "owner": "owner",
        "department": "department",
        "tags": "tags",
        "creation_date": "created_at",
        "disqualified": "",
    },
)
CRM_CONNECT = Program(
    "CRM Connect",
    marks=("id", "firstname", "lastname", "phonenumber"),
    number=("id",),
    fields={
        "userid": "",
        "firstname": "first_name",
        "lastname": "last_name",
        "name": WHOLE_NAME,
        "email": "email",
        "phonenumber": "phone",
        "title": "title",
        "company": "company",
        "datecreated": "created_at",
    },
)
BITRIX24 = Program(
    "Bitrix24",
    marks=("Responsible person", "Work e-mail", "Last name"),
    number=("ID",),
    fields=bitrix24.PEOPLE,
)
SUITECRM = Program(
    "SuiteCRM",
    marks=("Last Name", "Office Phone", "Primary Address Street"),
    number=("ID",),
    fields={**suitecrm.PEOPLE, "Lead Source": ""},
)
CONTACTS = [
    HUBSPOT, copy_with_marks(HUBSPOT, "Record ID", "Contact owner"), PIPEDRIVE, ZOHO, SALESFORCE_OBJECTS, SALESFORCE_REPORT,
    ESPOCRM_LABELS, ESPOCRM_NAMES, translate_export(ESPOCRM_LABELS, ROMANIAN), TWENTY, DJANGO_CRM, CRM_CONNECT, BITRIX24, SUITECRM,
    copy_with_marks(SUITECRM, "last_name", "phone_work", "primary_address_street"), *ADDRESS_BOOKS, LINKEDIN, *AUDIENCES,
]  # fmt: skip
