"""People are read as email programs, spreadsheets and people write them."""

import pytest

from accounts.invitations.pasted_lines import PastedLine, read_people, write_rows_as_text


def people(text: str) -> list[tuple[str, ...]]:
    return [(line.name, line.email, line.role, line.department) for line in read_people(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        (" \n\n,;\n", []),
        ("ana@example.com\nion@example.com", [("", "ana@example.com"), ("", "ion@example.com")]),
        ("ana@example.com, ion@example.com;dan@example.com", ["ana", "ion", "dan"]),
        ("ana@example.com,\r\nion@example.com,", ["ana", "ion"]),
        ("Ana Pop <ana@example.com>", [("Ana Pop", "ana@example.com")]),
        ('"Pop, Ana" <ana@example.com>', [("Ana Pop", "ana@example.com")]),
        ('"Pop, Ana" <ana@example.com>, Ion <ion@example.com>', [("Ana Pop", "ana@example.com"), ("Ion", "ion@example.com")]),
        ("Pop, Ana <ana@example.com>; Radu, Ion <ion@example.com>", [("Ana Pop", "ana@example.com"), ("Ion Radu", "ion@example.com")]),
        ("Ana Pop ana@example.com", [("Ana Pop", "ana@example.com")]),
        ("mailto:ana@example.com", ["ana"]),
        ("Ana Pop\tana@example.com", [("Ana Pop", "ana@example.com")]),
        ("Ana Pop\tana@example.com\tSales Rep\tExport", [("Ana Pop", "ana@example.com", "Sales Rep", "Export")]),
        ("Ana\tPop\tana@example.com", [("Ana Pop", "ana@example.com")]),
        ("ana@example.com\tSales Rep\tExport", [("", "ana@example.com", "Sales Rep", "Export")]),
        ("Ana Pop, ana@example.com, Sales Rep, Export", [("Ana Pop", "ana@example.com", "Sales Rep", "Export")]),
        ("Ana Pop <ana@example.com>; Sales Rep; Export", [("Ana Pop", "ana@example.com", "Sales Rep", "Export")]),
        ("Ana Pop\tana@example.com\t\tExport", [("Ana Pop", "ana@example.com", "", "Export")]),
        ("ana", [("", "ana")]),
        ("Ana\tPop", [("", "Ana Pop")]),
    ],
)  # fmt: skip
def test_people_are_read_as_they_are_written(text, found):
    wanted = [("", f"{one}@example.com") if isinstance(one, str) else one for one in found]
    assert people(text) == [(*one, "", "")[:4] for one in wanted]


@pytest.mark.parametrize(
    "text",
    [
        "E-mail\tDepartment\tName\tRole\nana@example.com\tExport\tAna Pop\tOperator",
        "Nume\tAdresa de e-mail\tRol\tDepartament\nAna Pop\tana@example.com\tOperator\tExport",
        "Prenume;Nume;Email;Rol;Telefon;Departament\nAna;Pop;ana@example.com;Operator;0712;Export",
        "Last name,First name,EMAIL ADDRESS,Team,Role\nPop,Ana,ana@example.com,Export,Operator",
        "Our people 2026\n\nName\tEmail\tRole\tDepartment\nAna Pop\tana@example.com\tOperator\tExport",
    ],
)
def test_a_header_in_either_language_says_what_the_columns_are(text):
    assert people(text) == [("Ana Pop", "ana@example.com", "Operator", "Export")]


def test_a_line_has_the_number_that_it_has_in_the_text():
    lines = read_people("Email\tName\n\nana@example.com\tAna\nion@example.com")
    assert [(line.number, line.email) for line in lines] == [(3, "ana@example.com"), (4, "ion@example.com")]
    assert lines[1] == PastedLine(4, "ion@example.com")


def test_rows_of_a_file_become_lines_without_empty_ones():
    rows = [["Name", "Email", ""], ["", "", ""], ["Ana\nPop", " ana@example.com ", ""]]
    assert write_rows_as_text(rows) == "Name\tEmail\nAna Pop\tana@example.com"
    assert people(write_rows_as_text(rows)) == [("Ana Pop", "ana@example.com", "", "")]
