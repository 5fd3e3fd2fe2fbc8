"""Why a sign-in through a provider failed: a word for the logs, and a sentence for the person."""


class Unreachable(Exception):
    """The provider can't be reached or answers with something else; the text says so to an administrator."""


class NotSignedOn(Exception):
    """`why` is for the logs. `counts` is for failures that a guess or an attack causes: they slow the address down."""

    def __init__(self, why: str, sentence: str, *, tried: str = "", counts: bool = False) -> None:
        super().__init__(sentence)
        self.why, self.tried, self.counts = why, tried, counts
