"""Options that several commands have."""

from typing import Annotated

import typer

from leadwell.output import Format

FormatOption = Annotated[
    Format, typer.Option("--output", "-o", help="How to write what was found.", show_default=True)
]
FilterOption = Annotated[
    list[str] | None,
    typer.Option(
        "--filter",
        "-f",
        help="A filter of the list, such as status=New or created=last7. Repeat it for several; a value can be a name or an ID. "
        "The address of a list in Leadwell works too.",
        metavar="NAME=VALUE",
    ),
]
SearchOption = Annotated[str, typer.Option("--search", "-s", help="Words to search for.", metavar="WORDS")]
ViewOption = Annotated[str, typer.Option(help="A saved view, by its name or ID.", metavar="NAME")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask, for scripts.")]
ValueArgument = Annotated[
    list[str] | None,
    typer.Argument(
        help="field=value, such as email=eva@example.com or tags=VIP,Fair; field:=JSON for anything else; c12=… for a custom field. "
        "A value without text clears the field.",
        metavar="FIELD=VALUE",
    ),
]
