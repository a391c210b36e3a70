"""The console script `localxero`."""

import argparse
import errno
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import msgspec

from localxero.app import LocalXero
from localxero.limits import MODES
from localxero.oauth import RegistrationError
from localxero.server import Server


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        xero = LocalXero(limits=options.limits, speed=options.speed, redirect_uris=options.redirect_uri)
    except RegistrationError as reason:
        return _fail(str(reason))
    try:
        if options.faults:
            xero.load_faults(options.faults)
    except (OSError, msgspec.DecodeError) as reason:
        return _fail(f"cannot use {options.faults}: {reason}")
    if options.state and options.state.exists():
        xero.load(options.state)
        if options.speed != 1:
            xero.clock.run_at(options.speed)
    try:
        server = Server((options.host, options.port), xero)
    except OSError as reason:
        if reason.errno == errno.EADDRINUSE:
            return _fail(f"port {options.port} is taken: choose another with --port")
        return _fail(f"cannot listen on {options.host}:{options.port}: {reason.strerror}")
    print(f"Local Xero (a simulator, not Xero) on {server.url}", flush=True)
    _serve(server, xero)
    if options.state:
        xero.save(options.state)
    return 0


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


def _fail(words: str) -> int:
    print(f"localxero: {words}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="localxero", description="A local Xero to test against. A simulator, not Xero."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="serve OAuth, the accounting API, pages and controls on one port")
    serve.add_argument("--port", type=int, default=8090, help="the port (8090); 0 takes a free one")
    serve.add_argument("--host", default="127.0.0.1", help="the address to bind (127.0.0.1)")
    serve.add_argument("--limits", choices=MODES, default="live", help="call limits: 5,000 a day, 1,000 a day, none")
    serve.add_argument("--speed", type=float, default=1.0, help="how fast its clock runs (1)")
    serve.add_argument("--faults", type=Path, help="a script of failures: a JSON file with a list of fault rules")
    serve.add_argument("--state", type=Path, help="a file to start from and to write at the end")
    serve.add_argument(
        "--redirect-uri", action="append", default=[], metavar="URI", help="one more redirect URI of the app 'client'"
    )
    return parser
