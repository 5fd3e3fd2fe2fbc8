"""Writes the table of settings in the README from the one in crm/platform/configuration/setting_catalog.py."""

import re

from crm.platform.configuration.environment import ROOT
from crm.platform.configuration.setting_catalog import SETTING_CATALOG

BEGIN, END = "<!-- settings: `manage.py readme` writes this table -->", "<!-- end of settings -->"


def render_settings_table() -> str:
    lines = ["| setting | default | meaning |", "|---|---|---|"]
    lines += [f"| `{setting.name}` | {setting.default} | {setting.meaning} |" for setting in SETTING_CATALOG]
    return "\n".join(lines) + "\n"


def write_settings_table() -> bool:
    """Write the table between its two markers. Returns whether anything changed."""
    file = ROOT / "README.md"
    before = file.read_text()
    after = re.sub(
        f"({re.escape(BEGIN)}\n).*?({re.escape(END)})",
        lambda found: found[1] + render_settings_table() + found[2],
        before,
        flags=re.DOTALL,
    )
    file.write_text(after)
    return before != after
