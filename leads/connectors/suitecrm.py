"""SuiteCRM: labels of fields in exports, or their names with its other setting (github.com/salesagility/SuiteCRM,
modules/Leads/language/en_us.lang.php). The department is that of the person in their company.
"""

from crm.transfer.imports.columns.program_exports import Program, copy_with_marks

# Of leads and contacts, by label and by name.
PEOPLE = {
    "Salutation": "",
    "First Name": "first_name",
    "Last Name": "last_name",
    "Title": "title",
    "Department": "",
    "Account Name": "company",
    "Account Description": "",
    "Email Address": "email",
    "Home Phone": "",
    "phone_home": "",
    "Mobile": "mobile",
    "phone_mobile": "mobile",
    "Office Phone": "phone",
    "phone_work": "phone",
    "Other Phone": "",
    "phone_other": "",
    "Fax": "",
    "phone_fax": "",
    "Primary Address Street": "address",
    "Primary Address City": "city",
    "Primary Address State": "state",
    "Primary Address Postal Code": "zip",
    "primary_address_postalcode": "zip",
    "Primary Address Country": "country",
    "Description": "description",
    "Assigned User Name": "owner",
    "Assigned User ID": "",
    "Date Created": "created_at",
    "date_entered": "created_at",
    "Date Modified": "",
}
LEADS = {
    "Website": "website",
    "Status": "status",
    "Status Description": "",
    "Lead Source": "source",
    "Lead Source Description": "",
    "Opportunity Amount": "value",
    "Referred By": "",
}
SUITECRM_LABELS = Program(
    "SuiteCRM",
    marks=("Last Name", "Office Phone", "Primary Address Street"),
    number=("ID",),
    fields={**PEOPLE, **LEADS},
)
SUITECRM_NAMES = copy_with_marks(SUITECRM_LABELS, "last_name", "phone_work", "primary_address_street")
