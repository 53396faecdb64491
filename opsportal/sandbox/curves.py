"""The shapes of a day and a week in Japan, and a smooth noise that is the same whenever it is asked."""

import math

JST_HOURS = 9

# How busy each hour of the local day is, 0 to 1.
DAYS = {
    "office": [2, 1, 1, 1, 1, 2, 6, 18, 45, 80, 95, 92, 60, 82, 96, 92, 85, 70, 45, 28, 18, 12, 7, 4],
    "evening": [30, 14, 7, 4, 3, 4, 8, 16, 24, 32, 38, 46, 62, 50, 40, 38, 40, 46, 56, 70, 88, 100, 90, 58],
    "daytime": [6, 4, 3, 3, 5, 12, 24, 38, 55, 74, 90, 100, 92, 88, 82, 74, 62, 50, 42, 38, 34, 26, 16, 9],
    "flat": [50] * 24,
}
WEEKEND = {"office": 0.15, "evening": 1.15, "daytime": 1.3, "flat": 1.0}


def busyness(shape: str, at: float) -> float:
    """How busy a site of that shape is at a moment (epoch seconds), about 0 to 1."""
    local = at / 3600 + JST_HOURS
    hour, part = int(local) % 24, local % 1.0
    day = DAYS[shape]
    value = (day[hour] * (1 - part) + day[(hour + 1) % 24] * part) / 100
    # The first of January 1970 was a Thursday.
    weekday = (int(local // 24) + 3) % 7
    return value * (WEEKEND[shape] if weekday >= 5 else 1.0)


def noise(seed: int, at: float, every: int) -> float:
    """A smooth random value of 0 to 1 that changes about every so many seconds."""
    place = at / every
    step = math.floor(place)
    part = place - step
    part = part * part * (3 - 2 * part)
    return _drawn(seed, step) * (1 - part) + _drawn(seed, step + 1) * part


def _drawn(seed: int, step: int) -> float:
    mixed = (seed ^ (step * 0x9E3779B97F4A7C15)) & 0xFFFFFFFFFFFFFFFF
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
    return ((mixed ^ (mixed >> 31)) >> 11) / (1 << 53)
