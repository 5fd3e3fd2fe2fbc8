"""Reads files like an import does."""

from pathlib import Path

import pytest

from crm.excel.read import opened, value_of


@pytest.fixture
def read(tmp_path):
    """read(data, name) gives (source, rows as lists of values by row number)."""

    def run(data: bytes | Path, name: str, **keywords):
        path = data if isinstance(data, Path) else tmp_path / "upload"
        if isinstance(data, bytes):
            path.write_bytes(data)
        with opened(path, name, **keywords) as source:
            rows = {
                number: [value_of(kinds[place : place + 1] or "s", text) for place, text in enumerate(cells)]
                for number, kinds, cells in source.rows
            }
        return source, rows

    return run
