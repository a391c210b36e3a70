"""Every address of the web process."""

from django.contrib import admin
from django.urls import include, path

from daybook.api.routes import api
from daybook.config import faults
from daybook.ops.metrics.exposing import metrics

admin.autodiscover()  # here, where pages are served: it loads all of them, which no command and no worker needs

urlpatterns = [
    path("operator/", admin.site.urls),
    path("accounts/", include("daybook.web.accounts")),
    path("api/v1/", api.urls),
    path("health", faults.health),
    path("health/live", faults.live),
    path("health/ready", faults.health),
    path("metrics", metrics),
    path("", include("daybook.web.urls")),
]
handler400 = "daybook.config.faults.bad_request"
handler404 = "daybook.config.faults.not_found"
handler500 = "daybook.config.faults.failed"
