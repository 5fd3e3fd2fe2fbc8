"""The forms of a page as they are shown, to be submitted without a change."""

from html.parser import HTMLParser


class Filled(HTMLParser):
    """What a browser would submit for the unchanged forms of a page: {action: {name: value}}, where several boxes of one
    name that are checked are a list of values."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str | list[str]]] = {}
        self.form: dict[str, str | list[str]] = {}
        self.select = self.textarea = ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        name, value = values.get("name") or "", values.get("value") or ""
        if tag == "form":
            self.form = self.forms.setdefault(values.get("action") or "", {})
        elif "disabled" in values:
            # A browser doesn't send it.
            return
        elif tag == "input" and name and values.get("type") == "checkbox":
            if "checked" in values:
                self.form[name] = [*self.form.get(name, []), values.get("value", "on")]
        elif tag == "input" and name and (values.get("type") != "radio" or "checked" in values):
            self.form[name] = value
        elif tag == "textarea" and name:
            self.textarea, self.form[name] = name, ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and ("selected" in values or self.select not in self.form):
            self.form[self.select] = value
        elif tag == "button" and name == "apply":
            self.form[name] = value

    def handle_data(self, data):
        """The line break that begins a text area isn't part of its text."""
        if self.textarea:
            self.form[self.textarea] += data if self.form[self.textarea] else data.removeprefix("\n")

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.textarea = ""
