"""Why a sign-in through a provider failed: a word for the logs, and a sentence for the person."""


class ProviderUnreachable(Exception):
    """The provider can't be reached or answers with something else; the text says so to an administrator."""


class NotSignedOn(Exception):
    """`why` is for the logs.

    Such a failure slows nobody down: the state and the code of an answer are too long to be guessed, and the page of any other
    site can send answers without them.
    """

    def __init__(self, why: str, sentence: str, *, tried: str = "") -> None:
        super().__init__(sentence)
        self.why, self.tried = why, tried
