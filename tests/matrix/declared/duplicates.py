"""Duplicates: managers scan and see the groups of the records that they may see; everyone is warned of those in forms."""

from tests.matrix.oracle import (
    BINS,
    BULK,
    CHANGES,
    ON_COMPANIES,
    ON_CONTACTS,
    ON_LEADS,
    SEES,
    Rights,
    Row,
    form,
    get,
    post,
)

VIEW = "duplicates.view_likeness"
RULES = {
    "email": "100",
    "phone": "90",
    "domain": "80",
    "names": "95",
    "similarity": "90",
    "known_from": "100",
}
RULES |= {"own_api": "skip", "connect_api": "update", "umbra_api": "add", "imports": "fill"}
MERGES = (VIEW, CHANGES, BINS, BULK)
RULE = {"match": "lead-email", "keep": "oldest", "values": "newest"}


# Records in and out of the sight of each person, whichever numbers they have.
MANY = "&".join(f"record={number}" for number in range(1, 80))


def merge(kind: str, rights: Rights) -> list[Row]:
    return form(f"admin/duplicates/merge/{kind}", rights.view, rights.change, rights.delete, query=MANY)


DUPLICATES: list[Row] = [
    *get("admin/duplicates", VIEW),
    *post("admin/duplicates/scan", VIEW),
    *post("admin/duplicates/different", VIEW, data={"record": ["lead-1", "lead-2"]}),
    *form("admin/duplicates/exact", *MERGES, data=RULE),
    *form("admin/duplicates/exact/<int:pk>", *MERGES, of="merge plan"),
    *form("admin/duplicates/rules", "duplicates.change_duplicaterules", data=RULES),
    *merge("lead", ON_LEADS),
    *merge("contact", ON_CONTACTS),
    *merge("company", ON_COMPANIES),
    *get("admin/duplicates/known/lead", SEES, query="company=some"),
    *get("admin/duplicates/known/contact", ON_CONTACTS.view, query="last_name=some"),
    *get("admin/duplicates/known/company", ON_COMPANIES.view, query="name=some"),
]
