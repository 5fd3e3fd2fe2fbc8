"""Loads our templates without their indentation, which is a tenth of a page and means nothing to a browser.

A run of spaces and line breaks becomes one line break, never nothing: links and chips in a sentence keep their space.
"""

import re

from django.template.loaders import filesystem

# Kept as they are: spaces that people see or type, and messages, which translations are looked up by.
KEPT = re.compile(
    r"(<pre\b.*?</pre>|<textarea\b.*?</textarea>|{% blocktranslate\b.*?{% endblocktranslate %})", re.DOTALL
)
# A line of nothing but these tags leaves no line.
SILENT = "if|elif|else|endif|for|empty|endfor|with|endwith|block|endblock|extends|load|comment|endcomment"
LINE_OF_TAGS = re.compile(rf"(?<=\n)((?:{{% (?:{SILENT})\b[^%]*%}})+)\n")


def drop_template_indentation(text: str) -> str:
    """The text of a template without its indentation."""
    parts = KEPT.split(text)
    # Every second part is one that is kept.
    parts[::2] = [_drop_indentation(part) for part in parts[::2]]
    return "".join(parts)


def _drop_indentation(text: str) -> str:
    return LINE_OF_TAGS.sub(r"\1", re.sub(r"[ \t]*\n[ \t\n]*", "\n", text))


class Loader(filesystem.Loader):
    def get_contents(self, origin) -> str:
        text = super().get_contents(origin)
        return drop_template_indentation(text) if origin.name.endswith(".html") else text
