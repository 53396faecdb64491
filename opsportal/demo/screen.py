"""What the demo prints: progress with its seconds, trouble with the part it concerns, and how to log in."""

import sys
import time

_BEGAN = time.monotonic()
_COLOURS = {"good": "32", "bad": "31", "quiet": "2", "strong": "1"}


def seconds() -> float:
    """Seconds since the start."""
    return time.monotonic() - _BEGAN


def paint(text: str, colour: str) -> str:
    """The text in a colour, when the screen is a terminal."""
    return f"\033[{_COLOURS[colour]}m{text}\033[0m" if sys.stdout.isatty() else text


def progress(part: str, words: str) -> None:
    """One step done."""
    print(f"{paint(f'{seconds():5.1f} s', 'quiet')}  {part:<12} {words}", flush=True)


def trouble(part: str, words: str) -> None:
    """Something a person should know of, indented under its part."""
    first, *more = words.splitlines() or [""]
    print(f"{paint('   !   ', 'bad')}  {part:<12} {first}", flush=True)
    for line in more:
        print(f"{'':22}{line}", flush=True)


def failure(words: str, *, had_started: bool) -> None:
    """Why the demo does not run, and what to do."""
    headline = "デモを終了しました · the demo has ended" if had_started else "起動できません · the demo did not start"
    print(f"\n{paint(headline, 'bad')}\n{words}\n", file=sys.stderr, flush=True)


def announce(
    address: str,
    logins: list[tuple[str, str, str]],
    links: dict[str, str],
    password: str,
    hints: list[tuple[str, str]],
) -> None:
    """The address, who can log in, and what to try."""
    print(f"\n{paint(address, 'strong')}   デモが起動しました · the demo runs ({seconds():.1f} s)\n")
    if logins:
        print("  ログイン用リンク(このマシンでのみ有効)· log-in links, on this machine only")
        for role, role_english, email in logins:
            print(f"    {_pad(role, 14)} {role_english:<20} {links[email]}")
        print(f"  パスワード · the customers' people also by password: {paint(password, 'strong')}\n")
    for words, command in hints:
        print(f"  {_pad(words, 42)} {command}")
    print(flush=True)


def _pad(text: str, width: int) -> str:
    """Pad by columns: a Japanese character takes two."""
    columns = sum(2 if ord(character) > 0x2E80 else 1 for character in text)
    return text + " " * max(0, width - columns)
