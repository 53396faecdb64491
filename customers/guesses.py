"""Guesses at what people prove themselves with: first one person's from one address are stopped, then an address, and
only then the person, unless the browser is one in which the person was logged in before.

In this order somebody at one address only locks themself out, and many addresses together only keep out strangers.
"""

from dataclasses import dataclass

from customers import attempts
from customers.attempts import Limit, Refusal
from opsportal.web.addresses import network_of


@dataclass(frozen=True)
class Brake:
    """How often a thing may be guessed: of one person from one address, by a known browser, and of one person."""

    from_address: tuple[Limit, ...]
    by_browser: Limit
    of_person: Limit


PASSWORD = Brake((attempts.PASSWORD_FROM_ADDRESS,), attempts.PASSWORD_BY_BROWSER, attempts.PASSWORD)
CODE = Brake(
    (attempts.CODE_FROM_ADDRESS, attempts.CODE_FROM_ADDRESS_A_DAY), attempts.CODE_BY_BROWSER, attempts.CODE
)  # fmt: skip


@dataclass(frozen=True)
class Guess:
    """One try that is counted, and whether it is one too many."""

    near: tuple[attempts.Tried, ...]
    wide: tuple[attempts.Tried, ...]
    refusal: Refusal | None
    # The tries of others alone stand in the way.
    only_others: bool = False

    def was_right(self) -> None:
        """Forget the person's own wrong ones before it; those of others stay counted."""
        attempts.forget(*self.near)
        attempts.give_back(*self.wide)


def count(brake: Brake, *, person: str, address: str, browser: str) -> Guess:
    """Count one guess, before anything is compared; `browser` is the name of a known one, else empty."""
    network = network_of(address)
    near = tuple((limit, f"{person}|{network}") for limit in brake.from_address)
    place, alone = (attempts.ADDRESS, network), (brake.of_person, person)
    if browser:
        known = (brake.by_browser, browser)
        refusal = attempts.count(*near, place, known)
        if refusal is None or refusal.limit is not brake.by_browser:
            return Guess(near, (place, known), refusal)
        # Its guesses are used up: from now on it is as good as any other browser.
        refusal = attempts.count(alone)
    else:
        refusal = attempts.count(*near, place, alone)
    others = refusal is not None and refusal.limit is brake.of_person
    return Guess(near, (place,) if others else (place, alone), refusal, others)
