"""The forms of a page as they are shown, to be submitted without a change."""

from html.parser import HTMLParser


class Filled(HTMLParser):
    """What a browser would submit for the unchanged forms of a page: {action: {name: value}}."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self.form: dict[str, str] = {}
        self.select = ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        name, value = values.get("name") or "", values.get("value") or ""
        if tag == "form":
            self.form = self.forms.setdefault(values.get("action") or "", {})
        elif (
            tag == "input"
            and name
            and (values.get("type") not in ("checkbox", "radio") or "checked" in values)
        ):
            self.form[name] = value
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and ("selected" in values or self.select not in self.form):
            self.form[self.select] = value
        elif tag == "button" and name == "apply":
            self.form[name] = value

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = ""
