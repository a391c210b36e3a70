"""Whatever anybody sends, the API answers as its own OpenAPI document says, and never with a 500."""

import hashlib

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, settings
from schemathesis import checks

from daybook.companies import keys
from daybook.companies.models import Company, CompanySettings
from daybook.intake import signature
from daybook.secrets import vault
from tests.integration.intake.conftest import connect

pytestmark = pytest.mark.django_db
