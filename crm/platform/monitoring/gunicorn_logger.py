"""gunicorn's own messages as JSON lines, beside those of Django."""

from typing import Any

from gunicorn import glogging

from crm.platform.monitoring.json_formatter import JsonLines


class WebLines(glogging.Logger):
    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonLines())
