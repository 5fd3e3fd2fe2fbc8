"""What the commands of one run share: the profile and, once one calls, the connection."""

import typer

from leadwell.connection.calls import Connection
from leadwell.connection.profiles import DEFAULT, get_profile
from leadwell.messages import say


class Session:
    def __init__(self, profile: str = DEFAULT) -> None:
        self.profile = profile
        self._connection: Connection | None = None

    @property
    def connection(self) -> Connection:
        """Raises Failure if no one is signed in."""
        if self._connection is None:
            self._connection = Connection(get_profile(self.profile), say)
        return self._connection


def get_connection(context: typer.Context) -> Connection:
    return context.obj.connection
