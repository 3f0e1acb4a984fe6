"""The calls to portals: counters, refusals and a histogram of answers."""

from collections import Counter

from .families import filled, made
from .tally import BOUNDS, UNANSWERED


def calls(env):
    """Return the metrics of calls since the token was generated."""
    by_outcome, refused, answered = Counter(), Counter(), {}
    for *labels, code, bucket, count, milliseconds in (
        env["l10n_in.irp.tally"].sudo()._totals()
    ):
        gstin, environment, portal, service, outcome = labels
        by_outcome[(gstin, environment, portal, service, outcome)] += int(count)
        if code:
            refused[(gstin, environment, portal, code)] += int(count)
        if bucket != UNANSWERED:
            times = answered.setdefault((environment, portal, service), Times())
            times.add(bucket, int(count), float(milliseconds))
    return [
        filled("l10n_in_irp_calls", by_outcome),
        filled("l10n_in_irp_refusals", refused),
        _histogram("l10n_in_irp_call_duration_seconds", answered),
    ]


class Times:
    """How long calls took: how many are in each bucket, and their sum."""

    def __init__(self):
        self._counts = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0

    def add(self, bucket, count, milliseconds):
        """Count calls whose time exceeds as many bounds as `bucket` says."""
        self._counts[bucket] += count
        self.seconds += milliseconds / 1000

    def buckets(self):
        """Return pairs: a bound, and how many calls took no longer."""
        bounds = [*(str(bound / 1000) for bound in BOUNDS), "+Inf"]
        return [
            (bound, sum(self._counts[: number + 1]))
            for number, bound in enumerate(bounds)
        ]


def _histogram(name, times):
    metric = made(name)
    for labels, one in sorted(times.items()):
        metric.add_metric(labels, one.buckets(), one.seconds)
    return metric
