from collections.abc import Mapping
from dataclasses import dataclass, field

from odoo import models
from odoo.tools.translate import get_translation

from ...irp.reference import entry
from ...irp.rules import Violation

DIFFERS = "…"


@dataclass(frozen=True)
class TranslatableText:
    """A text with parameters, rendered in the reader's language.

    :ivar template: English, with ``%(name)s`` for each parameter; marked with ``_lt``
        where it is written.
    :ivar params: values, or texts of this kind.
    :ivar module: the addon whose .po files have its translation.
    """

    template: str
    params: Mapping = field(default_factory=dict)
    module: str = "l10n_in_einvoice_irp"

    @classmethod
    def of(cls, violation: Violation) -> "TranslatableText":
        """Return the text of a portal's rule, without the line or party."""
        return cls(violation.template, violation.params)

    @classmethod
    def of_code(cls, code: str, group: str = "") -> "TranslatableText":
        """Return cause and next step of a portal's code.

        :param group: the list of codes to prefer, see `irp.reference.entry`.
        """
        known = entry(code, group)
        parts = {"cause": cls(known.cause), "advice": cls(known.advice)}
        return cls("%(cause)s %(advice)s", parts)

    @classmethod
    def next_step(cls, code: str, group: str = "") -> "TranslatableText":
        """Return the next step alone, where a rule of ours has said what is wrong."""
        return cls(entry(code, group).advice)

    @classmethod
    def shared(cls, texts) -> "TranslatableText":
        """Return texts of one template as one: the parts that differ become "…"."""
        first = texts[0]
        params = {
            name: cls._shared_value([text.params[name] for text in texts])
            for name in first.params
        }
        return cls(first.template, params, first.module)

    @classmethod
    def _shared_value(cls, values):
        first = values[0]
        if all(value == first for value in values):
            return first
        is_text = all(isinstance(value, cls) for value in values)
        if is_text and len({value.template for value in values}) == 1:
            return cls.shared(values)
        return DIFFERS

    def render(self, env) -> str:
        """Return the text in the language of an environment."""
        values = {
            name: value.render(env) if isinstance(value, TranslatableText) else value
            for name, value in self.params.items()
        }
        return get_translation(
            self.module, env.lang or "en_US", self.template, values or ()
        )


@dataclass(frozen=True)
class Finding:
    """A fault to correct before an invoice is registered, or a warning.

    :ivar record: the record to open.
    :ivar field_name: the field at fault; "" if there is none.
    :ivar kind: the kind of fault; findings of one kind have one template.
    :ivar rule: what is wrong.
    :ivar remedy: what to do about it, if there is anything to say.
    :ivar code: the portal's code for the same fault, if it has one.
    :ivar value: the current value, as the user sees it.
    :ivar blocking: the portal would refuse the document; otherwise a warning.
    :ivar serial: of an invoice line: its serial number on the e-Invoice.
    """

    record: models.Model
    field_name: str
    kind: str
    rule: TranslatableText
    remedy: TranslatableText | None = None
    code: str = ""
    value: str = ""
    blocking: bool = True
    serial: int = 0

    @property
    def field(self) -> str:
        """Return the label of the field."""
        return self.record.env["l10n_in.irp.validator"]._label(
            self.record, self.field_name
        )

    @property
    def place(self) -> str:
        """Return the name of the record, with the number of an invoice line."""
        name = self.record.display_name
        if not self.serial:
            return name
        return self.record.env._(
            "%(line)s (line %(number)s)", line=name, number=self.serial
        )

    @property
    def reason(self) -> str:
        """Return what is wrong."""
        return self.rule.render(self.record.env)

    @property
    def advice(self) -> str:
        """Return what to do; "" if there is nothing to say."""
        return self.remedy.render(self.record.env) if self.remedy else ""

    @property
    def text(self) -> str:
        """Return record, field and reason in one line."""
        place = ", ".join(filter(None, (self.place, self.field)))
        return f"{place}: {self.reason}"
