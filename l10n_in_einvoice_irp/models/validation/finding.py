from dataclasses import dataclass

from odoo import models


@dataclass(frozen=True)
class Finding:
    """Something to put right, or to know, before an invoice is registered.

    :ivar record: the record to open.
    :ivar field: the label of its field, if one is to blame.
    :ivar code: the portal's code for the same fault, if it has one.
    :ivar value: what stands there now, as a person sees it.
    :ivar reason: the rule in words.
    :ivar blocking: the portal would refuse the document; otherwise a warning.
    """

    record: models.Model
    field: str
    code: str
    value: str
    reason: str
    advice: str
    blocking: bool = True

    @property
    def text(self) -> str:
        """Record, field and reason in one line."""
        place = self.record.display_name
        if self.field:
            place = f"{place}, {self.field}"
        return f"{place}: {self.reason}"
