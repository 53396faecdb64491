"""Browsers and devices as people call them."""

_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def name_of(agent: str) -> str:
    """`Chrome · Windows` from what a browser says of itself; empty when it says nothing known."""
    found = []
    for known in (_BROWSERS, _SYSTEMS):
        found += [name for part, name in known if part in agent][:1]
    return " · ".join(found)
