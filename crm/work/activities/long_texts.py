"""Long texts on the timeline: their first lines show, and the rest opens."""

# As many lines show, and a text that has only a few more shows whole.
SHOWN = 6
SPARE = 3
# About as many characters fit on one line.
WIDTH = 90


def count_lines(line: str) -> int:
    """How many lines one line of the text takes on the screen."""
    return max(1, -(-len(line) // WIDTH))


def get_first_lines(text: str) -> str:
    """What fits on the first lines of a long text, in Markdown; '' if the text is short enough to show whole."""
    lines = text.strip().splitlines()
    if sum(map(count_lines, lines)) <= SHOWN + SPARE:
        return ""
    found: list[str] = []
    left = SHOWN
    for line in lines:
        if count_lines(line) > left:
            found.append(_cut_line(line, left * WIDTH))
            break
        found.append(line)
        left -= count_lines(line)
        if not left:
            break
    return "\n".join(found).rstrip()


def _cut_line(line: str, most: int) -> str:
    """The words of a line that fit, with an ellipsis."""
    cut = line[:most]
    return f"{cut.rpartition(' ')[0] or cut}…"
