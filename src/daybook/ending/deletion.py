"""Deleting a company once its years are over: a certificate first, then batch after batch, the company's own row last.

Every batch is a transaction of its own that says nothing of what the others did: whoever is killed in between, the next
run finds what is left. Nobody else's rows are touched, and the chain of seals holds for all others (`history/removing.py`).
"""

from datetime import datetime

import msgspec
import structlog
from django.db import connection, transaction

from daybook.companies.models import Company, Membership
from daybook.connections import whereabouts
from daybook.ending import certificates, exporting, tables
from daybook.ending.models import Certificate
from daybook.ending.tables import Table, Tie
from daybook.history import removing, sealing
from daybook.history.models import Event
from daybook.tables.outages import is_database_away

log = structlog.get_logger("daybook.ending")

BATCH = 1000
"""Rows of one transaction."""


def delete_due(now: datetime, *, most_batches: int = 500) -> None:
    """Delete what companies leave whose years are over, so many batches; the next run goes on.

    Nothing while nobody has said that this is the true database: it may have been put back for the sake of that company.
    """
    if not whereabouts.is_sure():
        return
    for company in Company.objects.filter(kept_until__lt=now).exclude(closed_at=None).order_by("kept_until"):
        try:
            most_batches -= go_on(company, now, most_batches=most_batches)
        except Exception as error:  # one company's trouble keeps no other here whose years are over
            if is_database_away(error):
                raise
            log.exception("deleting a company stumbled", company=company.public_id)
        if most_batches <= 0:
            return


def go_on(company: Company, now: datetime, *, most_batches: int = 500, size: int = BATCH) -> int:
    """Delete up to so many batches of a company whose years are over; return how many were.

    When no row is left the certificate says so, and the company is gone.
    """
    certificate = _begun(company, now)
    done = 0
    if certificate is None:
        return done
    sealing.seal_all()
    for tie in tables.ties():
        while done < most_batches and _untie(tie, company.pk, size):
            done += 1
    for table in tables.tables():
        while done < most_batches and _empty(table, company.pk, certificate, size):
            done += 1
    if done < most_batches:
        _end(company, certificate, now)
    return done


def _begun(company: Company, now: datetime) -> Certificate | None:
    """Return the company's certificate, written now where there is none; None where it was opened again meanwhile."""
    known = Certificate.objects.filter(company_public_id=company.public_id).first()
    if known is not None and company.deleting_at is not None:
        return known
    sealing.seal_all()
    says = certificates.say(company, export_sha256=exporting.digest_of(company), now=now)
    with transaction.atomic():
        row = Company.objects.select_for_update().get(pk=company.pk)
        if row.closed_at != company.closed_at or row.kept_until is None or row.kept_until >= now:
            return None
        row.deleting_at = now
        row.save(update_fields=["deleting_at"])
        Membership.objects.filter(company=row).delete()  # nobody sees it half
        made, _ = Certificate.objects.update_or_create(
            company_public_id=row.public_id,
            defaults={"company_name": row.name, "begun_at": now, "says": msgspec.to_builtins(says)},
        )
    log.warning("deleting a company", company=row.public_id, certificate=made.public_id)
    return made


def _end(company: Company, certificate: Certificate, now: datetime) -> None:
    """The company's row goes in the transaction in which the certificate says that all is gone."""
    with transaction.atomic():
        _delete(Table(Company, "pk"), [company.pk])
        certificate.deleted_at = now
        certificate.save(update_fields=["deleted_at"])
    log.warning("company deleted", company=company.public_id, certificate=certificate.public_id)


def _untie(tie: Tie, company_id: int, size: int) -> int:
    """Empty a reference in up to `size` rows; return in how many."""
    rows = tie.table.of(company_id).filter(**{f"{tie.field}__isnull": False})
    ids = list(rows.values_list("pk", flat=True)[:size])
    return tie.table.of(company_id).filter(pk__in=ids).update(**{tie.field: None}) if ids else 0


def _empty(table: Table, company_id: int, certificate: Certificate, size: int) -> int:
    """Delete up to `size` of a company's rows; return how many."""
    if table.model is Event:
        return removing.remove(company_id, certificate.public_id, size=size)
    ids = list(table.of(company_id).values_list("pk", flat=True)[:size])
    return _delete(table, ids) if ids else 0


def _delete(table: Table, ids: list[int]) -> int:
    """By SQL: Django would first look for what refers to each row, and the order of the tables has seen to that."""
    meta = table.model._meta  # noqa: SLF001  # Django's public name
    quoted = connection.ops.quote_name
    pk = meta.pk
    assert pk is not None and pk.column is not None  # noqa: S101, PT018  # every model has one
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {quoted(meta.db_table)} WHERE {quoted(pk.column)} = ANY(%s)", [ids])  # noqa: S608  # names of ours
        return int(cursor.rowcount)
