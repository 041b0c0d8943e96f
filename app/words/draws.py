"""Sentences about numbers of draws."""

import engine


def raised(settings: engine.Settings, components: int, chosen_n: int) -> str:
    """That and why n is not the one that was chosen, as a sentence."""
    done = "certified" if settings.procedure.certifies else "selected"
    least = settings.smallest_useful_n(components)
    return (
        f"n raised from {chosen_n:,} to {settings.n:,}: with fewer than {least:,} draws nothing can be {done} at "
        f"τ = {settings.tau:g}, and with just so many only where all of them agree."
    )
