"""The demo from its first to its last line."""

import threading
from collections.abc import Callable

from rich.console import Console

from daybook.kit import clock
from daybook.ops.cli import reconciling, status
from daybook.ops.demo import play
from daybook.ops.demo.browser import BrowserError
from daybook.ops.demo.stage import HOST, Stage
from daybook.ops.postgres import migrations
from daybook.ops.processes.everything import answers, say
from daybook.ops.processes.installation import close_connections
from daybook.ops.processes.stops import Exit
from daybook.ops.processes.supervisor import GaveUpError, Supervisor
from daybook.outbox.states import State
from daybook.wire.errors import WireError

POSTED_WITHIN_SECONDS = 180
UNDER_WAY = (State.READY, State.SENDING, State.UNKNOWN)


class Scene:
    """Something that is done in a thread, so that the processes are looked after meanwhile."""

    def __init__(self, act: Callable[[], play.Played]) -> None:
        self.played: play.Played | None = None
        self.fault: BrowserError | None = None
        self._act = act
        self._thread = threading.Thread(target=self._run, name="scene", daemon=True)
        self._thread.start()

    def is_over(self) -> bool:
        """Return whether it has ended, well or not."""
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self.played = self._act()
        except BrowserError as error:
            self.fault = error
        finally:
            close_connections()


def run(stage: Stage, *, once: bool) -> Exit:
    """Run the demo on its stage; Django is set up. Ends when somebody asks it to, or by itself where `once`."""
    migrations.apply()
    close_connections()
    supervisor = Supervisor(stage.processes(), say)
    try:
        with supervisor.started():
            if not supervisor.watch(lambda: _all_answer(stage)):
                return Exit.OK
            scene = Scene(lambda: play.perform(stage, say))
            if not supervisor.watch(scene.is_over):
                return Exit.OK
            if scene.played is None:
                say(stage.last_words())
                say(f"The demo cannot go on: {scene.fault or 'see above'}")
                return Exit.NEEDS_A_PERSON
            if not once:
                _announce(stage, scene.played)
            result = _compare(supervisor)
            if not once and not supervisor.asked_to_stop.is_set():
                say("\nCtrl-C stops everything and forgets it.")
                supervisor.watch()
            return result if once else Exit.OK
    except GaveUpError as error:
        say(stage.last_words())
        say(str(error))
        return Exit.ENVIRONMENT


def _all_answer(stage: Stage) -> bool:
    return answers(HOST, stage.web_port) and answers(HOST, stage.xero_port)


def _announce(stage: Stage, played: play.Played) -> None:
    say("")
    say(f"  Daybook      {stage.web_url}")
    say(f"    e-mail     {played.email}")
    say(f"    password   {played.password}")
    say(f"  Local Xero   {stage.xero_url}  (a simulator, not Xero)")
    say(f"  Mails        {stage.mails_url}  (caught, delivered to nobody)")
    say(f"  Files in     cp {stage.sample} {stage.watched}")
    say(f"               (a spreadsheet becomes orders of {played.companies[0]} within a minute; see Files in)")
    say(f"  Order files  {stage.files}  (Connection settings, Add order files)")
    say("")
    say(f"What the processes say is in {stage.log}")
    say("The orders are on their way; in a few seconds both sides are compared.")
    say("")


def _compare(supervisor: Supervisor) -> Exit:
    """Wait until all that can be posted is posted, then compare both sides."""
    deadline = clock.now().timestamp() + POSTED_WITHIN_SECONDS
    supervisor.watch(lambda: _is_settled() or clock.now().timestamp() > deadline)
    console, agrees = Console(width=120), True
    try:
        for compared in reconciling.compare():
            console.print(reconciling.table(compared))
            if compared.orders_without_documents:
                console.print(reconciling.without_documents(compared))
            console.print(reconciling.summary(compared), highlight=False)
            agrees = agrees and compared.agrees and bool(compared.rows)
    except WireError as error:
        say(f"The local Xero cannot be read: {error}")
        agrees = False
    finally:
        close_connections()
    say("Orders, day book and Xero agree: difference 0.00" if agrees else "Orders, day book and Xero do not agree.")
    return Exit.OK if agrees else Exit.NEEDS_A_PERSON


def _is_settled() -> bool:
    read = status.read(clock.now())
    waiting = sum(company.documents.get(state, 0) for company in read.companies for state in UNDER_WAY)
    documents = sum(sum(company.documents.values()) for company in read.companies)
    return documents > 0 and waiting == 0 and not read.jobs.get("doing")
