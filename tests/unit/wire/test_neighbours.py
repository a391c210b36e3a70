"""What a person types is called only where it is of the public internet, however its address is written."""

import pytest

from daybook.wire import neighbours


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0", "10.0.0.1", "169.254.169.254", "100.64.0.1",
        "::1", "fe80::1", "fd00:ec2::254", "fec0::1", "::ffff:169.254.169.254", "::127.0.0.1",
        "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "224.0.0.1", "ff02::1",
    ],
)  # fmt: skip
def test_a_neighbour_is_one_however_it_is_written(host):
    assert neighbours.leads_to_one(host)


@pytest.mark.parametrize("host", ["93.184.215.14", "2606:4700::1111", "64:ff9b::5db8:d70e", "2002:5db8:d70e::1"])
def test_the_public_internet_is_none(host):
    assert not neighbours.leads_to_one(host)
