"""AWS's timestamps mean the same as botocore takes them for, only read faster."""

import datetime as dt

import pytest
from botocore.utils import parse_timestamp
from hypothesis import given
from hypothesis import strategies as st

from opsportal.aws.timestamps import timestamp

SPAN = {"min_value": dt.datetime(1970, 1, 2), "max_value": dt.datetime(2100, 1, 1)}  # noqa: DTZ001


@given(st.datetimes(**SPAN, timezones=st.just(dt.UTC)), st.sampled_from(["seconds", "milliseconds", "microseconds"]))
def test_iso_8601_in_utc(moment, precision):
    text = moment.isoformat(timespec=precision).replace("+00:00", "Z")
    assert timestamp(text) == parse_timestamp(text)


@given(st.one_of(st.integers(0, 4_000_000_000), st.floats(0, 4e9)))
def test_seconds_since_1970(seconds):
    assert timestamp(seconds) == parse_timestamp(seconds)
    assert timestamp(seconds).utcoffset() == dt.timedelta(0)


@pytest.mark.parametrize(
    "text",
    ["1732441561", "1732441561.25", "Sun, 24 Nov 2024 09:46:01 GMT", "2024-11-24T18:46:01+09:00", "20241124T094601Z"],
)
def test_any_other_spelling(text):
    assert timestamp(text) == parse_timestamp(text)


@pytest.mark.parametrize("text", ["", "Z", "soon", "2024-13-45T00:00:00Z"])
def test_no_timestamp_at_all(text):
    with pytest.raises(ValueError):
        timestamp(text)
