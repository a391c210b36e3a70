"""The address that Prometheus asks, guarded by a token; without one in the settings there is no such address."""

import hmac
from collections import defaultdict
from collections.abc import Iterator
from importlib import metadata

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from daybook.companies import doors
from daybook.kit import clock
from daybook.ops.metrics import families, reading
from daybook.ops.metrics.families import Family, Sample, Sort

Exported = GaugeMetricFamily | CounterMetricFamily
_AS: dict[Sort, type[Exported]] = {Sort.GAUGE: GaugeMetricFamily, Sort.COUNTER: CounterMetricFamily}


class DatabaseCollector(Collector):
    """Reads the database anew each time it is asked; it keeps nothing, so that every web process says the same."""

    def collect(self) -> Iterator[Exported]:
        """Yield every metric, those without a value too, so that one sees which there are."""
        by_family: dict[Family, list[Sample]] = defaultdict(list)
        by_family[families.BUILD].append(Sample(families.BUILD, (metadata.version("daybook-oms"),), 1))
        for sample in reading.read(clock.now()):
            by_family[sample.family].append(sample)
        for family in families.FAMILIES:
            exported = _AS[family.sort](family.name, family.means, labels=family.labels)
            for sample in by_family[family]:
                exported.add_metric(sample.labels, sample.value)
            yield exported


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer in Prometheus's form to whoever shows the token; 404 where the settings name none."""
    if not settings.METRICS_TOKEN:
        raise Http404
    if not _is_shown(request):
        return _refusal(request)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(DatabaseCollector())
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return HttpResponse(encode(registry), content_type=content_type)


def _is_shown(request: HttpRequest) -> bool:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    is_same = hmac.compare_digest(given.strip().encode(), settings.METRICS_TOKEN.encode())
    return is_same and scheme.lower() == "bearer"


def _refusal(request: HttpRequest) -> HttpResponse:
    """401, or 429 after many from one address; the right token is never counted and never stopped."""
    wait = doors.note_failure(doors.METRICS_BY_ADDRESS, doors.place(request.META.get("REMOTE_ADDR", "")), clock.now())
    if wait:
        return HttpResponse(
            f"Too many wrong tokens came from this address. Try again in {wait} seconds.\n",
            status=429, content_type="text/plain", headers={"Retry-After": str(wait)},
        )  # fmt: skip
    return HttpResponse(
        "Authorization: Bearer with the value of DAYBOOK_METRICS_TOKEN is wanted.\n",
        status=401, content_type="text/plain", headers={"WWW-Authenticate": 'Bearer realm="metrics"'},
    )  # fmt: skip
