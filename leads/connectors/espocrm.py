"""EspoCRM: labels of fields in exports to Excel, their names in CSV. Both are in its repository
(application/Espo/Modules/Crm/Resources/i18n/en_US/Lead.json), as is their Romanian translation.
"""

from crm.fields.schemas import WHOLE_NAME
from crm.transfer.imports.columns.program_exports import Program, translate_export

ESPOCRM_LABELS = Program(
    "EspoCRM",
    marks=("Account Name", "Opportunity Amount", "Assigned User"),
    number=("ID",),
    fields={
        "Name": WHOLE_NAME,
        "First Name": "first_name",
        "Last Name": "last_name",
        "Account Name": "company",
        "Title": "title",
        "Email": "email",
        "Phone": "phone",
        "Website": "website",
        "Address": "address",
        "Address Street": "address",
        "Address City": "city",
        "Address State": "state",
        "Address Postal Code": "zip",
        "Address Country": "country",
        "Status": "status",
        "Source": "source",
        "Opportunity Amount": "value",
        "Opportunity Amount Currency": "currency",
        "Assigned User": "owner",
        "Description": "description",
        "Created At": "created_at",
    },
)
ESPOCRM_NAMES = Program(
    "EspoCRM",
    marks=("id", "lastName", "accountName", "emailAddress"),
    number=("id",),
    fields={
        "name": "",
        "firstName": "first_name",
        "lastName": "last_name",
        "accountName": "company",
        "title": "title",
        "emailAddress": "email",
        "phoneNumber": "phone",
        "website": "website",
        "addressStreet": "address",
        "addressCity": "city",
        "addressState": "state",
        "addressPostalCode": "zip",
        "addressCountry": "country",
        "status": "status",
        "source": "source",
        "opportunityAmount": "value",
        "opportunityAmountCurrency": "currency",
        "assignedUserName": "owner",
        "description": "description",
        "createdAt": "created_at",
    },
)
ROMANIAN = {
    "Name": "Nume",
    "First Name": "Prenume",
    "Last Name": "Nume",
    "Phone": "Telefon",
    "Website": "Site Web",
    "Address": "Adresa",
    "Status": "Status",
    "Source": "Sursa",
    "Assigned User": "Utilizator alocat",
    "Description": "Descriere",
    "Created At": "Creat la",
    # Of leads, contacts, and opportunities.
    "Account Name": "Nume Cont",
    "Opportunity Amount": "Suma Oportunitate",
    "Title": "Titlu",
    "Account": "Cont",
    "Stage": "Stadiu",
    "Amount": "Suma",
    "Probability, %": "Probabilitate, %",
    "Close Date": "Data Inchiderii",
}
ESPOCRM_ROMANIAN = translate_export(ESPOCRM_LABELS, ROMANIAN)
