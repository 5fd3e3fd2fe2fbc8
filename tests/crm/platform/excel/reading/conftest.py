"""Reads files like an import does."""

from pathlib import Path

import pytest

from crm.platform.excel.reading.reader import get_cell_value, open_file_rows


@pytest.fixture
def read(tmp_path, reading_process):
    """read(data, name) gives (source, rows as lists of values by row number), read by the process that the product starts."""

    def run(data: bytes | Path, name: str, **keywords):
        path = data if isinstance(data, Path) else tmp_path / "upload"
        if isinstance(data, bytes):
            path.write_bytes(data)
        with open_file_rows(path, name, **keywords) as source:
            rows = {
                number: [
                    get_cell_value(kinds[place : place + 1] or "s", text) for place, text in enumerate(cells)
                ]
                for number, kinds, cells in source.rows
            }
        return source, rows

    return run
