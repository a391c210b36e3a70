"""Many changes of tables at once."""

import pytest
from django.db import migrations, models
from django.db.migrations.state import ProjectState

from daybook.altering import AddIndexBeside, AtOnce, NeedsItsMomentError


class TestAGroup:
    def test_makes_of_the_models_what_its_operations_make_one_by_one(self):
        operations = [
            migrations.CreateModel("parcel", [("id", models.BigAutoField(primary_key=True))]),
            migrations.AddField("parcel", "grams", models.IntegerField(default=0)),
            migrations.RenameField("parcel", "grams", "weight"),
        ]
        alone, grouped = ProjectState(), ProjectState()
        for state in (alone, grouped):
            assert not state.apps.get_models()  # rendered, as in the midst of an upgrade
        for each in operations:
            each.state_forwards("toy", alone)
        AtOnce(operations).state_forwards("toy", grouped)
        assert grouped == alone
        names = [field.name for field in grouped.apps.get_model("toy", "parcel")._meta.get_fields()]
        assert names == ["id", "weight"]

    def test_takes_nothing_that_reads_the_models_in_its_midst(self):
        with pytest.raises(NeedsItsMomentError):
            AtOnce([migrations.RunPython(migrations.RunPython.noop)])


class TestAnIndexBuiltBeside:
    def test_takes_the_place_of_the_one_with_its_name(self):
        state = ProjectState()
        grams = ("grams", models.IntegerField(default=0))
        migrations.CreateModel("parcel", [("id", models.BigAutoField(primary_key=True)), grams]).state_forwards(
            "toy", state
        )
        narrow, other = (models.Index(fields=["grams"], name=name) for name in ("by_grams", "other"))
        wide = models.Index(fields=["grams"], include=["id"], name="by_grams")
        for index in (narrow, other, wide):
            AddIndexBeside("parcel", index).state_forwards("toy", state)
        assert state.models["toy", "parcel"].options["indexes"] == [other, wide]
