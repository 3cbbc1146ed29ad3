import pytest
from django.test import RequestFactory

from flashspace.base.context import client_address, client_network


def request_from(address, forwarded=None):
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    return RequestFactory().get("/", REMOTE_ADDR=address, **headers)


@pytest.mark.parametrize(
    ("proxies", "address", "forwarded", "expected"),
    [
        ([], "203.0.113.7", "1.2.3.4", "203.0.113.7"),
        (["10.0.0.0/8"], "203.0.113.7", "1.2.3.4", "203.0.113.7"),
        (["10.0.0.0/8"], "10.0.0.1", "203.0.113.7", "203.0.113.7"),
        (["10.0.0.0/8"], "10.0.0.1", "1.2.3.4, 203.0.113.7", "203.0.113.7"),
        (["10.0.0.0/8"], "10.0.0.1", "203.0.113.7, 10.0.0.2", "203.0.113.7"),
        (["10.0.0.0/8"], "10.0.0.1", "not an address", "10.0.0.1"),
        (["10.0.0.0/8"], "10.0.0.1", None, "10.0.0.1"),
    ],
)
def test_client_is_the_last_hop_that_no_trusted_proxy_named(settings, proxies, address, forwarded, expected):
    settings.TRUSTED_PROXIES = proxies
    assert client_address(request_from(address, forwarded)) == expected


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8::1", "2001:db8::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", "0.0.0.0"),
    ],
)
def test_limits_count_a_whole_ipv6_network(settings, address, network):
    settings.TRUSTED_PROXIES = []
    assert client_network(request_from(address)) == network
