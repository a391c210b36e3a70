"""How the trial is played that is short enough for every commit."""

STAYS = 4548
"""The seed that is always played: most of its blows strike at the steps of a writing call."""


def arguments(*seeds: int) -> list[str]:
    """Return the arguments of `python -m tests.chaos` for these seeds."""
    length = ["--orders=90", "--largest=3", "--blows=18", "--deaths=3", "--seconds=5", "--meets=1.5"]
    return [*(f"--seed={seed}" for seed in seeds), *length, "--speed=25", "--workers=2"]
