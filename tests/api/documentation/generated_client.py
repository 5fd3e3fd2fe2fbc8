"""A Python client that is generated from the schema, as a user of the generator would."""

import json
import subprocess
import sys
from pathlib import Path

from crm.api.views.api_docs import get_schema


def generate_client(folder: Path) -> Path:
    """The folder, with the package "leadwell" in it."""
    (folder / "schema.json").write_text(json.dumps(get_schema(), default=str))
    (folder / "config.yml").write_text("post_hooks: []\n")
    command = ["-m", "openapi_python_client", "generate", "--meta", "none", "--fail-on-warning"]
    paths = ["--path", "schema.json", "--config", "config.yml", "--output-path", "leadwell"]
    done = subprocess.run(
        [sys.executable, *command, *paths], cwd=folder, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder
