"""How handing a message over can fail."""


class ChannelError(Exception):
    """The message was not taken; `word` says why, and a `permanent` failure is not tried again.

    With `address` the fault lies in the address itself, so that its contact has one way less.
    """

    def __init__(self, word: str, detail: str = "", *, permanent: bool = False, address: bool = False) -> None:
        super().__init__(f"{word}: {detail}" if detail else word)
        self.word = word
        self.detail = detail[:300]
        self.permanent = permanent
        self.address = address
