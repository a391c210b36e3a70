"""The addresses of the product, and those of the toy shop's feeds, drawn as those of every source are."""

from django.urls import path
from ninja import NinjaAPI

from daybook.api import senders
from daybook.config import urls
from tests.toys.shop.source import TOYSHOP

toys = NinjaAPI(title="Toys", urls_namespace="toys")
toys.add_router("", senders.router_of(TOYSHOP))
urlpatterns = [path("api/v1/", toys.urls), *urls.urlpatterns]
