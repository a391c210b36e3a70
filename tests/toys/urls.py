"""The addresses of the product, and those of the toy shop's feeds, drawn as those of every source are."""

from django.urls import path
from ninja import NinjaAPI

from daybook.api import routes, senders
from daybook.config import urls
from daybook.sources.problems import NotAnOrderError
from tests.toys.shop.source import TOYSHOP

toys = NinjaAPI(title="Toys", urls_namespace="toys")
toys.add_exception_handler(NotAnOrderError, routes.not_an_order)
toys.add_router("", senders.router_of(TOYSHOP))
urlpatterns = [path("api/v1/", toys.urls), *urls.urlpatterns]
