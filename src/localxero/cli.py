"""The console script `localxero`."""

import argparse
import errno
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from urllib.request import Request, urlopen

import msgspec

from localkit.clock import ClockError
from localkit.server import Server
from localxero.app import LocalXero
from localxero.gate.limits import MODES
from localxero.oauth import RegistrationError


class CommandError(Exception):
    """A command cannot be done; says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    options = parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], None] = options.run
    try:
        run(options)
    except CommandError as reason:
        print(f"localxero: {reason}", file=sys.stderr)
        return 1
    return 0


def serve(options: argparse.Namespace) -> None:
    """Serve OAuth, the accounting API, pages and controls."""
    xero = prepared(options)
    server = _listening(options, xero)
    print(f"Local Xero (a simulator, not Xero) on {server.url}", flush=True)
    _serve(server, xero)
    if options.state:
        xero.save(options.state)


def prepared(options: argparse.Namespace) -> LocalXero:
    """Make the local Xero that `serve` serves: with its state, its failures and its redirect URIs."""
    try:
        xero = LocalXero(
            limits=options.limits,
            speed=options.speed,
            redirect_uris=options.redirect_uri,
            name=options.name,
            trusted_proxies=options.trust_proxy,
        )
    except (RegistrationError, ClockError) as reason:
        raise CommandError(str(reason)) from reason
    reading = options.faults
    try:
        if options.faults:
            xero.load_faults(options.faults)
        reading = options.answers
        if options.answers:
            xero.load_answers(options.answers)
        reading = options.state
        if options.state and options.state.exists():
            xero.load(options.state)
            xero.allow_redirects(options.redirect_uri)
            if options.speed != 1:
                xero.clock.run_at(options.speed)
    except (OSError, msgspec.DecodeError, RecursionError, ClockError) as reason:
        raise CommandError(f"cannot use {reading}: {reason}") from reason
    return xero


def _listening(options: argparse.Namespace, xero: LocalXero) -> Server:
    try:
        return Server((options.host, options.port), xero)
    except ValueError as reason:
        raise CommandError(str(reason)) from reason
    except OSError as reason:
        if reason.errno == errno.EADDRINUSE:
            raise CommandError(f"port {options.port} is taken: choose another with --port") from reason
        raise CommandError(f"cannot listen on {options.host}:{options.port}: {reason.strerror}") from reason


def seed(options: argparse.Namespace) -> None:
    """Write the seed's organisations to a state file, or bring a running local Xero back to the seed."""
    if options.state:
        xero = LocalXero(name=options.name)
        xero.save(options.state)
        print(f"{options.state}: {_named(xero)}; start it with: localxero serve --state {options.state}")
        return
    request = Request(  # noqa: S310 - an address the user gives
        f"{options.url.rstrip('/')}/_local/seed",
        msgspec.json.encode({"name": options.name}),
        {"Content-Type": "application/json"},
    )
    try:
        with urlopen(request, timeout=10) as answer:  # noqa: S310 - an address the user gives
            answer.read()
    except (OSError, ValueError) as reason:
        raise CommandError(f"no local Xero answers on {options.url}: {reason}") from reason
    print(f"{options.url} is back at the seed {options.name!r}: all books, connections and faults are as at the start")


def _named(xero: LocalXero) -> str:
    return ", ".join(books.organisation.name for books in xero.state.organisations.values())


def _serve(server: Server, xero: LocalXero) -> None:
    """Serve until interrupted or terminated."""

    def stop(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    xero.state.webhooks.base_url = server.url
    xero.courier.start()
    try:
        server.serve_forever(poll_interval=0.1)
    except KeyboardInterrupt:
        pass
    finally:
        xero.courier.stop()
        server.server_close()


def parser() -> argparse.ArgumentParser:
    """Make the parser of the command line."""
    made = argparse.ArgumentParser(prog="localxero", description="A local Xero to test against. A simulator, not Xero.")
    commands = made.add_subparsers(required=True, metavar="COMMAND")
    _add_serve(commands.add_parser("serve", help="serve OAuth, the accounting API, pages and controls on one port"))
    _add_seed(commands.add_parser("seed", help="write a state file, or bring a running local Xero back to its seed"))
    return made


def _add_serve(serving: argparse.ArgumentParser) -> None:
    serving.set_defaults(run=serve)
    serving.add_argument("--port", type=int, default=8090, help="the port (8090); 0 takes a free one")
    serving.add_argument("--host", default="127.0.0.1", help="the address to bind (127.0.0.1)")
    serving.add_argument("--limits", choices=MODES, default="live", help="call limits: 5,000 a day, 1,000 a day, none")
    serving.add_argument("--speed", type=float, default=1.0, help="how fast its clock runs (1)")
    serving.add_argument("--faults", type=Path, help="a script of failures: a JSON file with a list of fault rules")
    serving.add_argument(
        "--answers", type=Path, help="how the open questions are answered: the file that `daybook probe` wrote"
    )
    serving.add_argument("--state", type=Path, help="a file to start from and to write at the end")
    serving.add_argument(
        "--redirect-uri", action="append", default=[], metavar="URI", help="one more redirect URI of the app 'client'"
    )
    serving.add_argument(
        "--trust-proxy",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="one more proxy whose X-Forwarded-Proto counts; one on this machine always does",
    )
    serving.add_argument("--name", default="localxero", help="the seed: another name, other identifiers")


def _add_seed(seeding: argparse.ArgumentParser) -> None:
    seeding.set_defaults(run=seed)
    seeding.add_argument("--name", default="localxero", help="the seed: another name, other identifiers")
    where = seeding.add_mutually_exclusive_group()
    where.add_argument("--state", type=Path, help="the file to write, for localxero serve --state")
    where.add_argument("--url", default="http://localhost:8090", help="a running local Xero (http://localhost:8090)")
