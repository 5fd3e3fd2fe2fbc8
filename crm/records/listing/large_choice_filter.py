"""A filter with many values: its form shows the chosen ones and some others, which are found by their text."""

from typing import Any

from crm.platform.text.text_folding import fold_text

# Of more values than this, so many are shown. All countries are fewer.
MOST_VALUES = 300


def get_offered_choices(choices: list[tuple[str, Any]], chosen: list[str], text: str) -> dict[str, Any]:
    """The values that a form shows: all, or of more than MOST_VALUES the chosen ones and the first with a text. `many` is
    how many there are then, and `left` how many of those with the text aren't shown."""
    if len(choices) <= MOST_VALUES:
        return {"choices": choices}
    words = fold_text(text).split()
    own = [choice for choice in choices if choice[0] in chosen]
    rest = [choice for choice in choices if choice[0] not in chosen]
    if words:
        rest = [choice for choice in rest if all(word in fold_text(str(choice[1])) for word in words)]
    shown = rest[:MOST_VALUES]
    return {
        "choices": [*own, *shown],
        "many": len(choices),
        "left": len(rest) - len(shown),
        "found": bool(shown),
        "text": text,
    }
