"""Who counts as one caller."""

import pytest

from opsportal.web.addresses import address_of, network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("64:ff9b::203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("nowhere", ""),
    ],
)
def test_one_ipv4_address_or_one_ipv6_network_is_one_caller(address, network):
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("passed", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("198.51.100.1, 203.0.113.7", "203.0.113.7"),
        ("", ""),
        ("203.0.113.7, nonsense", ""),
    ],
)
def test_what_callers_say_of_themselves_is_ignored(rf, settings, passed, address):
    settings.PROXIES = 1
    assert address_of(rf.get("/", headers={"X-Forwarded-For": passed}, REMOTE_ADDR="192.0.2.1")) == address
