"""The translations are complete: nothing is missing, fuzzy or obsolete, and placeholders are kept."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import trans_real

from crm.management.commands.makemessages import ALSO
from crm.platform.web.library_translations import SHORT

ROOT = Path(settings.BASE_DIR)
PRODUCT = [*settings.PRODUCT_APPS, "product"]
SOURCE = ROOT / "locale" / "ro" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%%|</?\w+[^>]*>|&\w+;")


@pytest.fixture(scope="module")
def catalogue():
    return polib.pofile(str(SOURCE))


def texts_of(entry) -> list[tuple[str, str]]:
    """Each translation with its source text."""
    if not entry.msgid_plural:
        return [(entry.msgid, entry.msgstr)]
    one, *others = (entry.msgstr_plural[number] for number in sorted(entry.msgstr_plural))
    return [(entry.msgid, one), *((entry.msgid_plural, other) for other in others)]


def places(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


def test_no_text_is_missing_fuzzy_or_obsolete(catalogue):
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []
    assert [entry.msgid for entry in catalogue.obsolete_entries()] == []


def test_every_value_in_a_text_is_in_its_translation(catalogue):
    wrong = []
    for entry in catalogue:
        # A single item may be named instead of counted, in either language.
        allowed = [places(entry.msgid), places(entry.msgid_plural or entry.msgid)]
        wrong += [(text, said) for text, said in texts_of(entry) if places(said) not in allowed]
    assert wrong == []


def test_a_text_starts_and_ends_like_its_translation(catalogue):
    """Spaces at both ends, a capital letter, punctuation at the end: texts are combined with others."""
    wrong, other_ends = [], {"Leads with", *SHORT}
    for entry in catalogue:
        for text, said in texts_of(entry):
            spaces = [len(each) - len(each.lstrip()) for each in (text, said)]
            ends = [each[-1] if each[-1] in " .:?!…" else "" for each in (text, said)]
            if spaces[0] != spaces[1] or (ends[0] != ends[1] and text not in other_ends):
                wrong.append((text, said))
    assert wrong == []


def test_plurals_have_all_the_forms_of_romanian(catalogue):
    with translation.override("ro"):
        plural = trans_real.catalog().plural
    assert [plural(count) for count in (0, 1, 2, 19, 20, 100, 101, 120, 1_000_000)] == [
        1,
        0,
        1,
        1,
        2,
        2,
        1,
        2,
        2,
    ]
    counted = [entry for entry in catalogue if entry.msgid_plural]
    assert counted
    assert [entry.msgid for entry in counted if sorted(entry.msgstr_plural) != [0, 1, 2]] == []
    assert [entry.msgid for entry in counted if not all(entry.msgstr_plural.values())] == []


def test_romanian_has_commas_below_and_romanian_quotes(catalogue):
    said = [text for entry in catalogue for _source, text in texts_of(entry)]
    assert [text for text in said if re.search("[şţŞŢ]", text)] == []
    assert [
        text for text in said if re.search('[“"]', re.sub("„[^”“]*”", "", re.sub("<[^>]+>", "", text)))
    ] == []


# Customers are addressed formally: they are invited to a meeting by email.
TO_CUSTOMERS = {
    "%(name)s invites you to a meeting.",
    "Answer the invitation in your calendar, or reply to this email.",
}
FORMAL = re.compile(
    r"\b(?:dumneavoastră|dvs|dv|vă|v-\w+|voastr\w+|ați|puteți|aveți|sunteți|veți|doriți|vreți|fiți|trebuie să \w+ți)\b"
    # An order to several people, or a polite one, is the first word of a sentence: "Introduceți …".
    r"|(?:^|[.:!?] )(?!Invitați\b)[A-ZȘȚĂÎÂ]\w+(?:a|e|i|î)ți (?!de\b|și\b)",
    re.MULTILINE,
)


@pytest.mark.parametrize(
    "said", ["Introduceți o dată.", "Eroare. Încercați din nou.", "Dacă vă place, puteți."]
)
def test_a_formal_sentence_is_recognized(said):
    assert FORMAL.search(said)


def test_romanian_says_tu_to_its_users(catalogue):
    formal = [
        text
        for entry in catalogue
        for source, text in texts_of(entry)
        if source not in TO_CUSTOMERS and FORMAL.search(text)
    ]
    assert formal == []


def test_no_text_is_translated_at_import_time():
    """gettext outside functions would use the machine's language for all users; gettext_lazy waits."""
    eager = {"gettext", "ngettext", "pgettext", "npgettext"}
    wrong = []
    for path in (path for package in PRODUCT for path in (ROOT / package).rglob("*.py")):
        tree = ast.parse(path.read_text())
        names = {
            name.asname or name.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
            for name in node.names
            if name.name in eager
        }
        wrong += [f"{path.name}:{call.lineno}" for call in called_at_once(tree) if call.func.id in names]
    assert wrong == []


def called_at_once(tree: ast.AST) -> list[ast.Call]:
    """The calls by a plain name that run at import time."""
    found = []
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Name):
            found.append(child)
        found += called_at_once(child)
    return found


def test_no_text_hides_inside_another_one():
    """The collector doesn't look into the braces of f"{_('…')}"."""
    wrong = []
    for path in (path for package in PRODUCT for path in (ROOT / package).rglob("*.py")):
        inner = [
            child
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.JoinedStr)
            for child in ast.walk(node)
        ]
        calls = [node for node in inner if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
        wrong += [path.name for call in calls if call.func.id in {"_", *ALSO} or "gettext" in call.func.id]
    assert wrong == []


def test_gettext_is_called_by_names_that_the_collector_knows():
    known, wrong = {"_", *ALSO}, []
    for package in PRODUCT:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
                    wrong += [
                        (path.name, name.asname)
                        for name in node.names
                        if name.asname and name.asname not in known
                    ]
    assert wrong == []


@pytest.mark.hard
def test_the_catalog_contains_every_text_of_the_product(catalogue, tmp_path):
    """`make messages` in a copy finds nothing new."""
    assert shutil.which("xgettext"), "gettext's own tools are needed to collect texts: install gettext"
    for folder in [*PRODUCT, "templates", "static"]:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", tmp_path)
    (tmp_path / "locale").mkdir()
    collect = [sys.executable, "manage.py", "makemessages", "--locale", "ro", "--no-location"]
    environment = {
        **os.environ,
        "LEADWELL_DATA": str(tmp_path / "data"),
        "DJANGO_SETTINGS_MODULE": "crm.settings",
    }
    done = subprocess.run(collect, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = polib.pofile(str(tmp_path / SOURCE.relative_to(ROOT)))
    assert keys(found) - keys(catalogue) == set()


def keys(catalogue) -> set[tuple]:
    return {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in catalogue if not entry.obsolete}
