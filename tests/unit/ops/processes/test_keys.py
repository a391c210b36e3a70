import stat
import threading
from pathlib import Path

from daybook.ops.processes import keys
from daybook.secrets.keyring import KeyRing


class TestTheKeysFile:
    def test_is_made_once_and_private(self, tmp_path: Path) -> None:
        file = tmp_path / "config" / "daybook" / "keys.env"
        made = keys.ensure(file)
        assert keys.ensure(file) == made
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        assert [path.name for path in file.parent.iterdir()] == ["keys.env"]

    def test_holds_usable_keys(self, tmp_path: Path) -> None:
        made = keys.ensure(tmp_path / "keys.env")
        assert len(made["DAYBOOK_SECRET_KEY"]) >= 50
        assert KeyRing.parse(made["DAYBOOK_ENCRYPTION_KEYS"])

    def test_made_by_many_at_once_is_one(self, tmp_path: Path) -> None:
        made: list[str] = []
        threads = [
            threading.Thread(target=lambda: made.append(keys.ensure(tmp_path / "keys.env")["DAYBOOK_SECRET_KEY"]))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(made) == 8
        assert len(set(made)) == 1

    def test_is_read_as_people_edit_it(self, tmp_path: Path) -> None:
        (tmp_path / "keys.env").write_text("# mine\n\nDAYBOOK_SECRET_KEY = abc=def \n")
        assert keys.ensure(tmp_path / "keys.env") == {"DAYBOOK_SECRET_KEY": "abc=def"}
