"""How a figure is printed: what was measured, its limit, and the share of the limit that it takes."""


def show(name: str, value: float, unit: str, limit: float | None = None, note: str = "") -> None:
    """One line; a ratio above 1.00 is over the limit."""
    beside = f"limit {limit:>8g}   ratio {value / limit:4.2f}{'  OVER' if value > limit else ''}" if limit else ""
    print(f"  {name:<58} {value:>9.1f} {unit:<11} {beside} {note}".rstrip(), flush=True)


def percentile(values: list[float], share: float) -> float:
    """The value below which the share of the values lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
