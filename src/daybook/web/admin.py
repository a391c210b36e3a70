"""The operator's pages: companies, people, memberships. Everybody logs in through allauth, second factor included."""

from allauth.account.decorators import secure_admin_login
from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import UnfoldAdminPasswordWidget

from daybook.companies.models import Company, CompanySettings, Membership, Person

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # allauth's documented way
for model in [model for model in admin.site._registry if model._meta.app_label != "companies"]:  # noqa: SLF001 - no public way
    admin.site.unregister(model)  # other apps' pages would show what belongs to companies


class MembershipInline(TabularInline):  # type: ignore[misc]  # unfold carries no types
    """The people of a company, or the companies of a person."""

    model = Membership
    extra = 0
    fields = ("person", "company", "role")


@admin.register(Company)
class CompanyAdmin(ModelAdmin):  # type: ignore[misc]
    """Companies; what belongs to one is changed on its own pages."""

    list_display = ("name", "public_id", "created_at")
    search_fields = ("name", "public_id")
    fields = ("name",)
    inlines = (MembershipInline,)

    def save_model(self, request: HttpRequest, obj: Company, form: "forms.ModelForm[Company]", change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Store the company; it has settings from its first moment on."""
        super().save_model(request, obj, form, change)
        CompanySettings.objects.get_or_create(company=obj)

    def has_delete_permission(self, request: HttpRequest, obj: Company | None = None) -> bool:  # noqa: ARG002
        """Return False: a day book is kept."""
        return False


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]  # Django has no such type at run time
    """A person; an empty password keeps the one they have."""

    new_password = forms.CharField(
        label="New password", required=False, min_length=12, strip=False, widget=UnfoldAdminPasswordWidget
    )

    class Meta:
        model = Person
        fields = ("email", "name", "is_active", "is_staff")

    def save(self, commit: bool = True) -> Person:  # noqa: FBT001, FBT002 - Django's signature
        """Store the person with the new password, where one was typed."""
        if self.cleaned_data["new_password"]:
            self.instance.set_password(self.cleaned_data["new_password"])
        elif not self.instance.pk:
            self.instance.set_unusable_password()
        self.instance.is_superuser = self.instance.is_staff
        person: Person = super().save(commit)
        return person


@admin.register(Person)
class PersonAdmin(ModelAdmin):  # type: ignore[misc]
    """People who can log in."""

    form = PersonForm
    list_display = ("email", "name", "is_active", "is_staff")
    search_fields = ("email", "name")
    inlines = (MembershipInline,)
    fields = ("email", "name", "is_active", "is_staff", "new_password")


@admin.register(Membership)
class MembershipAdmin(ModelAdmin):  # type: ignore[misc]
    """Who belongs where."""

    list_display = ("person", "company", "role")
    list_filter = ("role",)
    search_fields = ("person__email", "company__name")
