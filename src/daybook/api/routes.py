"""The REST API."""

from ninja import NinjaAPI

api = NinjaAPI(title="Daybook", version="1", urls_namespace="api")
