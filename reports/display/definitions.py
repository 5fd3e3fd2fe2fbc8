"""What the numbers of a page mean, each once."""

from collections.abc import Sequence
from typing import Any

from reports.display.panels import Panel, PanelFigures


def get_definitions(panels: Sequence[Panel], figures: PanelFigures | None = None) -> list[tuple[Any, Any]]:
    """Label and sentence of each number, in the order of the page."""
    found = [(figure.label, figure.definition) for figure in figures.each] if figures else []
    for panel in panels:
        found += panel.definitions
    return list(dict.fromkeys(found))
