"""Answers with a report as a workbook."""

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

from django.http import FileResponse

from crm.platform.web.security_log import write_security_line
from reports.display.panels import Panel, PanelFigures
from reports.display.record_lines import LineTable
from reports.workbooks.report_sheets import build_file_name, write_report

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def build_workbook_response(
    request: Any,
    title: str,
    panels: Sequence[Panel],
    figures: PanelFigures | None = None,
    lines: LineTable | None = None,
) -> FileResponse:
    return respond_with_workbook(
        request, title, lambda file: write_report(file, title, panels, request.user.name, figures, lines)
    )


def respond_with_workbook(request: Any, title: str, write: Callable[[BytesIO], None]) -> FileResponse:
    """Of at most a few thousand rows, so it is written before it is sent."""
    file = BytesIO()
    write(file)
    file.seek(0)
    write_security_line("report_export", report=title, query=request.GET.urlencode())
    response = FileResponse(file, as_attachment=True, filename=build_file_name(title), content_type=XLSX)
    response["Cache-Control"] = "private, no-store"
    return response
