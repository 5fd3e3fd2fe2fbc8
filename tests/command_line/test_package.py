"""The package: it needs nothing of the server, declares what it imports, and isn't part of the image."""

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest
from django.conf import settings
from leadwell import __version__
from leadwell.application import application
from typer.main import get_command

ROOT = Path(settings.BASE_DIR)
FOLDER = ROOT / "command_line"
MODULES = sorted((FOLDER / "leadwell").rglob("*.py"))
PROJECT = tomllib.loads((FOLDER / "pyproject.toml").read_text())["project"]


def get_names(requirements) -> set[str]:
    return {re.match(r"[\w-]+", one)[0] for one in requirements}


def get_imports(path: Path) -> set[str]:
    """The first parts of what a module imports, within functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
        elif isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
    return found


def test_it_imports_what_it_declares_and_nothing_of_the_server():
    declared = get_names(PROJECT["dependencies"])
    imported = {name for path in MODULES for name in get_imports(path)} - sys.stdlib_module_names
    assert len(MODULES) > 20
    assert imported - declared == {"leadwell", "openpyxl"}
    assert declared <= imported
    assert get_names(PROJECT["optional-dependencies"]["xlsx"]) == {"openpyxl"}


def test_excel_is_optional():
    with_it = [path.name for path in MODULES if "openpyxl" in get_imports(path)]
    assert with_it == ["written_files.py"]
    top = ast.parse((FOLDER / "leadwell/transfer/written_files.py").read_text()).body
    assert not [node for node in top if isinstance(node, ast.Import) and node.names[0].name == "openpyxl"]


def test_its_version_is_that_of_leadwell():
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert PROJECT["version"] == __version__ == whole["version"]


def test_the_image_does_not_contain_it_and_lint_looks_at_it():
    assert "command_line" not in (ROOT / "deploy/Dockerfile.dockerignore").read_text()
    makefile = (ROOT / "Makefile").read_text()
    assert "COMMAND_LINE := command_line/leadwell" in makefile
    assert makefile.count("$(PACKAGES) $(COMMAND_LINE)") == 2


def build_commands(command, words=()):
    """Each command with its words."""
    if not hasattr(command, "commands"):
        yield words, command
        return
    for name, inner in command.commands.items():
        yield from build_commands(inner, (*words, name))


COMMANDS = dict(build_commands(get_command(application)))


def test_there_are_commands_for_each_kind():
    assert len(COMMANDS) > 70
    assert {"list", "get", "add", "edit", "import", "export", "bulk"} <= {
        words[1] for words in COMMANDS if words[0] == "leads"
    }


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_each_command_and_each_of_its_options_has_help(words):
    command = COMMANDS[words]
    assert command.help
    silent = [one.name for one in command.params if not getattr(one, "help", None) and one.name != "help"]
    assert silent == []


def test_each_example_of_the_docs_is_a_command_with_options_that_exist():
    pages = [ROOT / "docs/command_line.md", FOLDER / "README.md"]
    text = "\n".join(page.read_text() for page in pages)
    examples = re.findall(
        r"leadwell ((?:--profile \w+ )?[a-z]+(?: [a-z]+)?)([^\n`|)]*)",
        "\n".join(re.findall(r"^(?:    |\w+=\$\()?leadwell .*$", text, re.MULTILINE)),
    )
    assert len(examples) > 20
    unknown = []
    for words, rest in examples:
        found = words.split()
        command = COMMANDS.get(tuple(found)) or COMMANDS.get(tuple(found[:1]))
        if command is None:
            unknown += [words] if words != "leadwell" and not rest.startswith("--install") else []
            continue
        options = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
        unknown += [
            f"{words} {option}" for option in re.findall(r"(?<=\s)--[a-z-]+", rest) if option not in options
        ]
    assert unknown == []
