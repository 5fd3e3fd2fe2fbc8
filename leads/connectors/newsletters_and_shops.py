"""The people of newsletters and shops: Brevo (help.brevo.com, exporting contacts) and Shopify (help.shopify.com, exporting customers)."""

from crm.transfer.imports.columns.program_exports import Program, copy_with_marks

BREVO = Program(
    "Brevo",
    marks=("EMAIL", "ADDED_TIME", "MODIFIED_TIME"),
    number=("CONTACT ID",),
    fields={"SMS": "mobile", "WHATSAPP": "", "ADDED_TIME": "created_at", "MODIFIED_TIME": ""},
)
SHOPIFY = Program(
    "Shopify",
    marks=("Customer ID", "Default Address Company", "Total Spent"),
    number=("Customer ID",),
    fields={
        "First Name": "first_name",
        "Last Name": "last_name",
        "Email": "email",
        "Accepts Email Marketing": "",
        "Default Address Company": "company",
        "Default Address Address1": "address",
        "Default Address Address2": "",
        "Default Address City": "city",
        "Default Address Province Code": "state",
        "Default Address Country Code": "country",
        "Default Address Zip": "zip",
        "Phone": "phone",
        "Default Address Phone": "",
        "Accepts SMS Marketing": "",
        "Total Spent": "",
        "Total Orders": "",
        "Note": "description",
        "Tax Exempt": "",
        "Tags": "tags",
    },
)
AUDIENCES = [BREVO, SHOPIFY, copy_with_marks(SHOPIFY, "Accepts Email Marketing", "Default Address City")]
