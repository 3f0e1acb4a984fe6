from prometheus_client.parser import text_string_to_metric_families

from ...models.metrics.exposition import Exposition
from ..common import IrpCommon


def samples(text):
    """Return name of a sample -> its labels -> its value."""
    found = {}
    for family in text_string_to_metric_families(text.decode()):
        for sample in family.samples:
            values = found.setdefault(sample.name, {})
            values[frozenset(sample.labels.items())] = sample.value
    return found


class MetricsCommon(IrpCommon):
    """A company whose calls are counted."""

    def setUp(self):
        super().setUp()
        self.env["l10n_in.irp.tally"].sudo()._start()

    def text(self):
        """Return the metrics as they are now."""
        self.env.flush_all()
        return Exposition().text(self.env(su=True))

    def value(self, name, **labels):
        """Return the sum of a metric's samples with these labels; None without any."""
        found = [
            value
            for every, value in samples(self.text()).get(name, {}).items()
            if labels.items() <= dict(every).items()
        ]
        return sum(found) if found else None
