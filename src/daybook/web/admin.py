"""The operator's pages: companies, people, memberships. Everybody logs in through allauth, second factor included."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from daybook.companies import people
from daybook.companies.models import Company, CompanySettings, Membership, Person
from daybook.companies.saving import about, saving, saving_person
from daybook.history import telling
from daybook.history.kinds import What

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # allauth's documented way
for model in [model for model in admin.site._registry if model._meta.app_label != "companies"]:  # noqa: SLF001 - no public way
    admin.site.unregister(model)  # other apps' pages would show what belongs to companies


class MembershipInline(TabularInline):  # type: ignore[misc]  # unfold carries no types
    """The people of a company, or the companies of a person."""

    model = Membership
    extra = 0
    fields = ("person", "company", "role")
    readonly_fields = ("person", "company")

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002
        """Return False: a person joins by accepting an owner's invitation, or by `daybook person add --company`."""
        return False


class WithMembers(ModelAdmin):  # type: ignore[misc]
    """A page with places in companies: they change as everywhere else, told to the history, and no last owner goes."""

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: ARG002, FBT001 - Django's signature
        """Store the changed places, and take away the deleted ones."""
        formset.save(commit=False)
        for place, _ in formset.changed_objects:
            change_place(request, place)
        for place in formset.deleted_objects:
            end_place(request, place)


def change_place(request: HttpRequest, place: Membership) -> None:
    """Give a member the role that the form says."""
    try:
        people.join(place.company, place.person, place.role, by=_operator(request))
    except people.LastOwnerError as error:
        messages.error(request, str(error))


def end_place(request: HttpRequest, place: Membership) -> None:
    """Take a member's place away."""
    try:
        people.leave(place.company, place.person, by=_operator(request))
    except people.LastOwnerError as error:
        messages.error(request, str(error))


def _operator(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # noqa: S101  # these pages are for people who are logged in
    return request.user


@admin.register(Company)
class CompanyAdmin(WithMembers):
    """Companies; what belongs to one is changed on its own pages."""

    list_display = ("name", "public_id", "created_at")
    search_fields = ("name", "public_id")
    fields = ("name",)
    inlines = (MembershipInline,)

    def save_model(self, request: HttpRequest, obj: Company, form: "forms.ModelForm[Company]", change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Store the company; it has settings from its first moment on."""
        operator = _operator(request)
        if change:
            with transaction.atomic(), saving(obj, by=operator):
                super().save_model(request, obj, form, change)
            return
        super().save_model(request, obj, form, change)
        CompanySettings.objects.get_or_create(company=obj)
        telling.tell(about(obj), What.MADE, by=operator, after={"name": obj.name})
        people.join(obj, operator, Membership.Role.OWNER, by=operator)  # who then invites the others

    def has_delete_permission(self, request: HttpRequest, obj: Company | None = None) -> bool:  # noqa: ARG002
        """Return False: a day book is kept."""
        return False


@admin.register(Person)
class PersonAdmin(WithMembers):
    """People who can log in. Nobody's address or password is set here; the command line does that, for one who asked."""

    list_display = ("email", "name", "is_active", "is_staff")
    search_fields = ("email", "name")
    inlines = (MembershipInline,)
    fields = ("email", "name", "is_active", "is_staff", "address_proven_at")
    readonly_fields = ("email", "address_proven_at")

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Return False: people join by invitation, or by `daybook person add`."""
        return False

    def save_model(self, request: HttpRequest, obj: Person, form: "forms.ModelForm[Person]", change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Store the person; an operator may do everything on these pages."""
        obj.is_superuser = obj.is_staff
        with saving_person(obj, by=_operator(request)):
            super().save_model(request, obj, form, change)


@admin.register(Membership)
class MembershipAdmin(ModelAdmin):  # type: ignore[misc]
    """Who belongs where."""

    list_display = ("person", "company", "role")
    fields = ("person", "company", "role")
    readonly_fields = ("person", "company")
    list_filter = ("role",)
    search_fields = ("person__email", "company__name")

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Return False: being added to a company is the person's own choice."""
        return False

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001 - Django's signature
        """Store another role."""
        change_place(request, obj)

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        """Take the place away."""
        end_place(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        """Take the chosen places away."""
        for place in queryset.select_related("company", "person"):
            end_place(request, place)
