"""A file belongs to the company of its feed, and a piece to that of its file: held by the database."""

from django.db import migrations


def of_one_company(child: str, column: str, parent: str, name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE {child} ADD CONSTRAINT {name} FOREIGN KEY (company_id, {column})"
        f" REFERENCES {parent} (company_id, id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {child} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("feeds", "0003_files_in_beside")]

    operations = [
        of_one_company("feeds_incomingfile", "feed_id", "feeds_feed", "incoming_file_feed_of_company"),
        of_one_company("feeds_filepiece", "file_id", "feeds_incomingfile", "file_piece_file_of_company"),
        of_one_company("feeds_watchedplace", "feed_id", "feeds_feed", "watched_place_feed_of_company"),
    ]
