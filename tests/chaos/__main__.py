"""`python -m tests.chaos`: a trial with a table at its end. Ends with 0 where the promise was kept, else with 1."""

import argparse
import sys
import time

from tests.chaos import orders, schedule, seeds, telling, trial, world


def main() -> int:
    options = _parser().parse_args()
    options.seed = options.seed or [seeds.drawn("trial")]
    began = time.monotonic()
    trade, blows = _planned(options)
    names = ", ".join(str(seed) for seed in options.seed)
    say = lambda words: print(f"[{time.monotonic() - began:5.0f} s] {words}", file=sys.stderr, flush=True)  # noqa: E731
    say(f"seed {names}: {trade.orders} orders, {len(blows)} blows")
    with world.made(factor=options.speed, workers=options.workers, tables_from=options.tables_from, say=say) as stage:
        pace = trial.Pace(options.seconds, options.meets, options.patience)
        result = trial.play(stage, trade, blows, pace, say=say)
        print(telling.table(result, drawn=options.seed, speed=options.speed, workers=options.workers))
        if options.logs:
            telling.keep_logs(stage, options.logs)
    say("over")
    return 0 if result.is_well else 1


def _planned(options: argparse.Namespace) -> tuple[orders.Trade, list[schedule.Blow]]:
    """One seed has the whole trial, two have half of it each."""
    share, count = options.orders // len(options.seed), options.blows // len(options.seed)
    trades = [
        orders.trade(seed, share, stem=str(place), largest=options.largest) for place, seed in enumerate(options.seed)
    ]
    part = 1 / len(options.seed)
    blows = [
        blow
        for place, seed in enumerate(options.seed)
        for blow in schedule.schedule(
            seed, count, workers=options.workers, deaths=options.deaths, begin=place * part, end=(place + 1) * part
        )
    ]
    return (trades[0] if len(trades) == 1 else orders.both(*trades)), blows


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    made.add_argument("--seed", type=int, action="append", help="what is sent, and what strikes when; two: half each")
    made.add_argument("--orders", type=int, default=10_000)
    made.add_argument("--largest", type=int, default=orders.MOST_IN_A_DELIVERY, help="orders in one delivery")
    made.add_argument("--blows", type=int, default=400)
    made.add_argument("--deaths", type=int, help="of processes, at most, by the schedule of one seed")
    made.add_argument("--seconds", type=float, default=600, help="of this machine, in which the orders come")
    made.add_argument("--meets", type=float, default=3, help="seconds that a blow is waited for to meet its call")
    made.add_argument("--patience", type=float, default=300, help="seconds of this machine, in which all must settle")
    made.add_argument("--speed", type=int, default=20, help="how much faster time passes for both programs")
    made.add_argument("--workers", type=int, default=3)
    made.add_argument("--tables-from", default="", help="a database whose tables are copied; else they are migrated")
    made.add_argument("--logs", default="", help="a folder where the logs of all processes are kept")
    return made


if __name__ == "__main__":
    sys.exit(main())
