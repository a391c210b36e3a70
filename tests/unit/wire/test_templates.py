"""A company's own template: its mistakes in words, and one that does not end stopped soon, however many files it is for."""

import json
import resource
import time

import pytest

from daybook.wire import templates

ORDERS = [json.dumps([{"number": str(number)}]) for number in range(20)]
LONG = "{{% for a in range({}) %}}{{% for b in range(20000) %}}{{% endfor %}}{{% endfor %}}{{{{ order.number }}}}"
ENDLESS = "{% for a in range(200000) %}{% for b in range(200000) %}{% endfor %}{% endfor %}"


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{{ order.nmber }}", "line 1: there is no “nmber”"),
        ("\n{{ nothing.at.all }}", "line 2: there is no “nothing”"),
        ("{% include '/etc/passwd' %}", "line 1: it asks for another template, and there is none but this one"),
        ("{{ ''.__class__.__mro__ }}", "line 1: it reaches for something that templates may not have"),
    ],
)
def test_mistakes_are_said_without_the_words_of_programmers(template, words):
    (said,) = templates.run(template, ORDERS[:1])
    assert isinstance(said, templates.Failed)
    assert said.words.startswith(words)
    assert not said.is_too_much


def test_one_that_does_not_end_is_stopped_once_for_all_its_files():
    said = templates.run(ENDLESS, ORDERS)
    assert [(each.words, each.is_too_much) for each in said] == [("it ran for too long", True)] * len(ORDERS)


def test_one_that_does_not_end_for_one_order_is_written_for_the_others():
    said = templates.run(f'{{% if order.number == "3" %}}{ENDLESS}{{% endif %}}{{{{ order.number }}}}', ORDERS[:6])
    assert [each for each in said if isinstance(each, str)] == ["0", "1", "2", "4", "5"]
    assert said[3].words == "it ran for too long"


def test_who_waits_for_many_that_do_not_end_waits_no_longer_than_was_said_however_busy_the_machine_is():
    before = time.monotonic()
    said = templates.run(ENDLESS, ORDERS[:3], whole=1)  # the run is ended from without before any text is stopped
    assert time.monotonic() - before < 2
    assert said == [templates.Failed("it ran for too long", is_too_much=True)] * 3


@pytest.mark.long(10)
def test_one_text_alone_may_take_nearly_all_the_seconds_of_a_run_and_is_stopped_in_words():
    rounds, (said, seconds) = 2000, written(2000)
    while said == ["0"] and seconds < templates.CPU_OF_EACH + 0.3:  # which the process takes to start
        rounds = int(rounds * 2.7 / seconds)
        said, seconds = written(rounds)
    assert said == ["0"]
    assert templates.run(ENDLESS, ORDERS[:1]) == [templates.Failed("it ran for too long", is_too_much=True)]


def written(rounds: int) -> tuple[list[str | templates.Failed], float]:
    """Return what becomes of one text of so many rounds, and the seconds of CPU that its process took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = templates.run(LONG.format(rounds), ORDERS[:1])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return said, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
