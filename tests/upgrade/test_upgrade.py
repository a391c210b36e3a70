"""An installation of an old version is brought up to today's, by the command that an operator runs."""

import pytest

from tests.upgrade.inventory import lost

class TestAnOldInstallation:
    def test_loses_nothing(self, old):
        stood = old.before()
        print({name: len(rows) for name, rows in stood.items()})
        print(old.daybook("migrate", "--check").stdout)
        assert old.before() == stood
        print(old.daybook("migrate").stdout)
        assert lost(stood, old.after()) == []
