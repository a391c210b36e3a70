"""Daybook's settings, with the toy app."""

from daybook.config.settings import *  # noqa: F403
from daybook.config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.upgrade.toy"]
