"""The code has none of the ways by which input becomes a program, an object or a page."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.house.code.test_files import PRODUCT, ROOT, short

SCRIPTS = {
    path.name: path.read_text()
    for path in [*(ROOT / "static" / "js").rglob("*.js"), ROOT / "templates" / "service-worker.js"]
}
RUNS_TEXT = {"eval", "exec", "compile", "__import__"}
# They make objects of any class, or programs, from bytes.
READS_OBJECTS = {"pickle", "marshal", "shelve", "dill", "yaml", "jsonpickle"}
# The places where a page shows HTML: always the answer of a page of ours, whose template escaped it.
SHOWN = {
    ("rows.js", "row.outerHTML = await answer.text()"),
    ("dialogs.js", "menu.innerHTML = await answer.text()"),
    ("in-place.js", "box.innerHTML = html"),
    ("filter-panel.js", "box.innerHTML = text"),
    ("board.js", 'if (text) document.getElementById("notice").innerHTML = text'),
}


@cache
def nodes() -> dict[str, list[ast.AST]]:
    """The calls and imports of each file of the product. It takes five seconds, so it is done once."""
    return {short(path): found_in(path.read_text()) for path in PRODUCT}


def found_in(text: str) -> list[ast.AST]:
    return [
        node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call | ast.Import | ast.ImportFrom)
    ]


def calls() -> list[tuple[str, ast.Call, str]]:
    """Each call of the product: its file, the call, and the last part of the name that is called."""
    return [
        (name, node, getattr(node.func, "attr", getattr(node.func, "id", "")))
        for name, found in nodes().items()
        for node in found
        if isinstance(node, ast.Call)
    ]


def imported() -> set[tuple[str, str]]:
    """Each module that is imported, with the file."""
    found = set()
    for name, of_file in nodes().items():
        for node in of_file:
            if isinstance(node, ast.Import):
                found |= {(name, alias.name.partition(".")[0]) for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add((name, node.module.partition(".")[0]))
    return found


def test_no_text_is_run_as_a_program():
    assert len(calls()) > 5_000
    assert [
        name for name, node, called in calls() if called in RUNS_TEXT and isinstance(node.func, ast.Name)
    ] == []


def test_no_program_is_started_by_a_shell():
    started = [name for name, _node, called in calls() if called in ("run", "Popen")]
    assert started
    shells = [
        name
        for name, node, called in calls()
        if called in ("system", "popen", "getoutput", "getstatusoutput")
        or any(keyword.arg == "shell" for keyword in node.keywords)
    ]
    assert shells == []


def test_no_object_is_read_from_bytes():
    assert {(name, module) for name, module in imported() if module in READS_OBJECTS} == set()
    assert ("crm/api/call_body.py", "json") in imported() or any(
        module == "json" for _name, module in imported()
    )


def test_no_random_numbers_are_guessable():
    assert {name for name, module in imported() if module == "random"} == set()
    assert any(module == "secrets" for _name, module in imported())


# RFC 6376 has no other padding for RSA; what is broken about it is decryption, and a signature decrypts nothing.
DKIM = ["mailings/sending/dkim.py"]


def test_no_secret_depends_on_a_broken_hash():
    assert [name for name, _node, called in calls() if called in ("md5", "sha1", "MD5", "SHA1")] == []
    assert [
        name
        for name, _node, called in calls()
        if called in ("ECB", "CBC", "DES", "TripleDES", "ARC4", "PKCS1v15")
    ] == DKIM


def test_scripts_show_html_only_from_our_own_answers():
    found = {
        (name, line.strip().rstrip(";"))
        for name, text in SCRIPTS.items()
        for line in text.splitlines()
        if re.search(r"\.(inner|outer)HTML\s*=|insertAdjacentHTML|document\.write|setHTMLUnsafe", line)
    }
    assert found == SHOWN


@pytest.mark.parametrize(
    "pattern",
    [
        r"\beval\(",
        r"new Function",
        r"set(Timeout|Interval)\(\s*[\"'`]",
        r"postMessage",
        r"addEventListener\(\s*[\"']message",
        r"__proto__|\.prototype\b|constructor\[",
        r"indexedDB",
    ],
)
def test_no_script_runs_text_or_takes_messages_of_other_pages(pattern):
    assert len(SCRIPTS) > 20
    assert [name for name, text in SCRIPTS.items() if re.search(pattern, text)] == []


def test_no_script_writes_properties_whose_names_come_from_data():
    """Such a name could be that of the prototype of all objects."""
    written = {
        (name, line.strip())
        for name, text in SCRIPTS.items()
        for line in text.splitlines()
        if re.search(r"\w\[[a-z][\w.]*\]\s*=[^=>]|Object\.fromEntries", line)
    }
    # Their names are a list in the script, or those of the fields of our own forms, which `fromEntries` only defines.
    assert written == {
        (
            "drafts.js",
            "return Object.fromEntries(changed.map(([name, fields]) => [name, valuesOf(fields)]));",
        ),
        ("passkeys.js", "if (response[name]) made[name] = text(response[name]);"),
        ("web-form.js", "const found = Object.fromEntries(sent.filter(isCampaign));"),
    }


# What scripts keep in the browser, and none of it is data of the organization but what its user has typed and not saved.
KEPT = {
    "tokens.js": "USER",
    "calls.js": "KEY",
    "drafts.js": "key",
    "signed-out.js": "KEY",
    "keys.js": 'OFF "row" "heading"',
    # How a visitor came to the site first: the campaign parameters of an address.
    "web-form.js": "KEY",
}


def test_scripts_keep_only_what_is_listed_in_the_browser():
    found = {
        name: " ".join(dict.fromkeys(re.findall(r"Storage\.setItem\((\w+|\"\w+\")", text)))
        for name, text in SCRIPTS.items()
        if "Storage.setItem" in text
    }
    assert found == KEPT


def test_a_file_with_such_a_call_is_noticed():
    nodes()["made_up.py"] = found_in("import pickle, random\nsubprocess.run('ls', shell=True)\neval('1')")
    try:
        with pytest.raises(AssertionError):
            test_no_text_is_run_as_a_program()
        with pytest.raises(AssertionError):
            test_no_program_is_started_by_a_shell()
        with pytest.raises(AssertionError):
            test_no_object_is_read_from_bytes()
        with pytest.raises(AssertionError):
            test_no_random_numbers_are_guessable()
    finally:
        del nodes()["made_up.py"]


def test_no_template_turns_escaping_off():
    templates = list(Path(ROOT / "templates").rglob("*.html"))
    assert len(templates) > 100
    off = [
        short(path)
        for path in templates
        if re.search(r"\|\s*safe\b|autoescape off|\|\s*safeseq", path.read_text())
    ]
    assert off == []
