"""Key pairs of ours, and what people compare of servers' keys."""

import asyncssh
import pytest
from cryptography.hazmat.primitives import serialization

from daybook.connections import ssh_keys
from daybook.secrets.keyring import CannotOpenError
from daybook.wire.ssh_keys import fingerprint, new_key_pair, read_public_key

GITHUB = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
"""A server's key whose fingerprint its owner publishes."""


class TestAPairOfOurs:
    def test_is_ed25519_in_openssh_s_form(self):
        pair = new_key_pair("acme")
        kind, _, comment = pair.public.split()
        assert (kind, comment) == ("ssh-ed25519", "acme")
        private = serialization.load_ssh_private_key(pair.private.encode(), password=None)
        ours = private.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
        assert ours.decode().split() == pair.public.split()[:2]

    def test_is_another_each_time(self):
        assert new_key_pair().public != new_key_pair().public

    def test_is_sealed_for_its_connection_alone(self):
        sealed, public = ssh_keys.made_for(7)
        assert b"PRIVATE" not in sealed
        pair = ssh_keys.opened(sealed, public, 7)
        assert asyncssh.import_private_key(pair.private).export_public_key().decode().strip() == public
        with pytest.raises(CannotOpenError):
            ssh_keys.opened(sealed, public, 8)


class TestAFingerprint:
    def test_is_the_one_that_people_compare(self):
        assert fingerprint(GITHUB) == "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"

    @pytest.mark.parametrize("line", ["", "ssh-ed25519", "ssh-ed25519 ???", "x" * 1000, "ключ"])
    def test_of_what_is_no_key_is_refused(self, line):
        with pytest.raises(ValueError, match="This is no public key"):
            read_public_key(line)
