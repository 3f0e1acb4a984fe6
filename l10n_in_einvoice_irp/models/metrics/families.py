"""The metrics that Prometheus reads: names, labels and help.

Names follow Prometheus' conventions: base units, `_total` for what only grows. Labels
take few values: a GSTIN, an environment, a portal, a service, a published code; never
an invoice, a customer or an amount.
"""

from typing import NamedTuple

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)


class Family(NamedTuple):
    """One metric, without its values.

    :ivar kind: class of the metric families of its type.
    """

    kind: type[Metric]
    help: str
    labels: tuple[str, ...]


WHOSE = ("gstin", "environment")
WHERE = (*WHOSE, "portal")
RECORD = ("record", *WHOSE)

FAMILIES = {
    "l10n_in_irp_waiting": Family(
        GaugeMetricFamily,
        "Registrations and e-way bills that are not settled, by state and by what they "
        "wait for: a lane (due now), their next attempt, the portal (in a call), or a "
        "user.",
        (*RECORD, "state", "waits_for"),
    ),
    "l10n_in_irp_oldest_waiting_seconds": Family(
        GaugeMetricFamily,
        "Age of the oldest record that the queue has to settle, whatever holds it up: "
        "since it was made, its answer was lost, or its cancellation was requested.",
        (*RECORD, "state"),
    ),
    "l10n_in_irp_oldest_due_seconds": Family(
        GaugeMetricFamily,
        "Since when the oldest record has been due that no lane has taken.",
        RECORD,
    ),
    "l10n_in_irp_next_deadline_timestamp_seconds": Family(
        GaugeMetricFamily,
        "End of the last day on which the portal accepts the first of the queued or "
        "refused invoices without IRN (reporting limit), as a Unix time.",
        WHOSE,
    ),
    "l10n_in_irp_past_deadline": Family(
        GaugeMetricFamily,
        "Queued or refused invoices without IRN that are past the reporting limit.",
        WHOSE,
    ),
    "l10n_in_irp_lanes_at_work": Family(
        GaugeMetricFamily,
        "Lanes that work off a GSTIN now, on all hosts; at most one for each GSTIN.",
        WHOSE,
    ),
    "l10n_in_irp_workers": Family(
        GaugeMetricFamily,
        "Processes that make calls now: lanes, and requests of users.",
        (),
    ),
    "l10n_in_irp_calls": Family(
        CounterMetricFamily,
        "Calls to a portal by service and outcome, since the token was generated. "
        "Registrations are service generate_irn, logins authenticate and "
        "ewb_authenticate.",
        (*WHERE, "service", "outcome"),
    ),
    "l10n_in_irp_refusals": Family(
        CounterMetricFamily,
        "Calls that a portal refused, by its published code.",
        (*WHERE, "code"),
    ),
    "l10n_in_irp_call_duration_seconds": Family(
        HistogramMetricFamily,
        "How long a portal took to answer, of the calls that it answered.",
        ("environment", "portal", "service"),
    ),
    "l10n_in_irp_portal_paused": Family(
        GaugeMetricFamily,
        "1 while calls to the portal are on hold, else 0.",
        WHERE,
    ),
    "l10n_in_irp_portal_paused_until_timestamp_seconds": Family(
        GaugeMetricFamily,
        "When a hold of calls ends, as a Unix time.",
        WHERE,
    ),
    "l10n_in_irp_portal_up": Family(
        GaugeMetricFamily,
        "1 if the portal's last health check was answered, else 0.",
        ("environment", "portal"),
    ),
    "l10n_in_irp_login_refused": Family(
        GaugeMetricFamily,
        "1 if the portal has refused the login, and nothing is sent with the "
        "credential until an administrator corrects it; else 0.",
        (*WHERE, "system"),
    ),
    "l10n_in_irp_refused_tokens": Family(
        GaugeMetricFamily,
        "Live tokens that the portal has refused within an hour: another program uses "
        "the API user.",
        WHERE,
    ),
    "l10n_in_irp_signing_key_expiry_timestamp_seconds": Family(
        GaugeMetricFamily,
        "When the last of a credential's signing keys expires, as a Unix time.",
        WHERE,
    ),
}


def made(name: str) -> Metric:
    """Return a metric without values."""
    family = FAMILIES[name]
    return family.kind(name, family.help, labels=family.labels)


def filled(name: str, values: dict[tuple[str, ...], float]) -> Metric:
    """Return a metric with one value for each set of labels."""
    metric = made(name)
    for labels, value in sorted(values.items()):
        metric.add_metric(labels, value)
    return metric
