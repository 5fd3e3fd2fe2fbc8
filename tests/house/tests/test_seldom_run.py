"""The benchmarks and the nightly tests run seldom, so a name that is gone would go unnoticed until someone needs them."""

import ast
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.conf import settings

from crm.platform.configuration.environment import ROOT

OURS = {*settings.PRODUCT_APPS, "tests", "benchmarks"}
FILES = sorted([*(ROOT / "benchmarks").rglob("*.py"), *(ROOT / "tests" / "failover").glob("*.py")])


def missing(source: str) -> Iterator[str]:
    """What the source imports from our modules, also within functions, although it isn't there."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ImportFrom) or (node.module or "").partition(".")[0] not in OURS:
            continue
        module = import_module(node.module)
        for name in (f"{node.module}.{alias.name}" for alias in node.names):
            is_package = hasattr(module, "__path__")
            if not hasattr(module, name.rpartition(".")[2]) and not (is_package and find_spec(name)):
                yield name


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_all_that_a_program_imports_exists(file: Path):
    assert [*missing(file.read_text())] == []


def test_a_name_that_is_gone_is_found_also_within_a_function():
    source = "def pooled():\n    from crm.platform.jobs import start_job, gone\n    from crm.platform.jobs import job_control\n"
    assert [*missing(source)] == ["crm.platform.jobs.gone"]
