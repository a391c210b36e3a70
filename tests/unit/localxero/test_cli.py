"""The console script, but for what needs a process of its own (see tests/conformance)."""

import pytest

from localxero import LocalXero
from localxero.cli import main, parser, prepared
from localxero.switches import Switches
from localxero.testing import running


class TestSeeding:
    def test_writes_a_state_file(self, tmp_path, capsys):
        path = tmp_path / "state.json"
        assert main(["seed", "--state", str(path), "--name", "another"]) == 0
        assert "Birch & Bell Ltd" in capsys.readouterr().out
        made = LocalXero()
        made.load(path)
        assert made.tenant_id("GB") == LocalXero(name="another").tenant_id("GB")

    def test_brings_a_running_one_back(self, capsys):
        with running() as server:
            server.xero.add_fault("status_503")
            assert main(["seed", "--url", server.url]) == 0
            assert server.xero.state.faults.rules() == []
        assert main(["seed", "--url", server.url]) == 1
        assert "no local Xero answers" in capsys.readouterr().err


class TestPreparing:
    def test_redirect_uris_hold_beside_a_state_file(self, tmp_path):
        state, uri = tmp_path / "state.json", "http://localhost:9000/cb"
        LocalXero().save(state)
        xero = prepared(parser().parse_args(["serve", "--state", str(state), "--redirect-uri", uri]))
        assert uri in xero.state.identity.apps["client"].redirect_uris

    def test_answers_of_a_live_organisation_are_its_switches(self, tmp_path):
        answers = tmp_path / "answers.json"
        answers.write_text('{"asked": "2026-11-20", "switches": {"renamed_numbers_are_free": false}}')
        xero = prepared(parser().parse_args(["serve", "--answers", str(answers)]))
        assert xero.state.switches == Switches(renamed_numbers_are_free=False)

    def test_an_answer_to_no_question_is_told(self, tmp_path, capsys):
        answers = tmp_path / "answers.json"
        answers.write_text('{"switches": {"is_the_moon_green": true}}')
        assert main(["serve", "--port", "0", "--answers", str(answers)]) == 1
        assert "is_the_moon_green" in capsys.readouterr().err


class TestServing:
    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (["--redirect-uri", "http://127.0.0.1/cb"], "127.0.0.1 is refused"),
            (["--speed", "-1"], "speed must be"),
            (["--faults", "/nowhere"], "cannot use /nowhere"),
            (["--state", __file__], "cannot use"),
            (["--host", "203.0.113.1"], "cannot listen"),
        ],
    )
    def test_says_what_is_wrong(self, capsys, options, words):
        assert main(["serve", "--port", "0", *options]) == 1
        assert words in capsys.readouterr().err
