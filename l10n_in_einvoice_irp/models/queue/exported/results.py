from markupsafe import Markup

from odoo import fields, models
from odoo.tools import plaintext2html

from ...clock import indian_time
from ...evidence import permits


class ExportedResults(models.AbstractModel):
    """Base class of exported submissions that take results from a website's list.

    Nothing of it is signed. A row may refuse what is exported, because a refusal is no
    registration; it never registers it, and changes nothing that is proven.
    """

    # not a model, just as `models.Model` is none
    _register = False
    # of whom its fields are, for translations and relations
    _module = "l10n_in_einvoice_irp"

    answer_digest = fields.Char(
        string="SHA-256 of Answer File",
        readonly=True,
        copy=False,
        help="The answer file of a bulk upload that rejected it.",
    )

    def _why_outdated(self, row, digest):
        """Return why a row answers an earlier upload than the last export's; "".

        :param row: `irp.protocol.ResultRow` or `EwaybillRow`.
        :param digest: SHA-256 of the file.
        """
        own_name = self.export_file.removesuffix(".json")
        is_other = row.file_name and own_name not in row.file_name
        day = indian_time(self.exported_at).date()
        is_old = row.uploaded_on and row.uploaded_on < day
        if not (self.answer_digest == digest or is_other or is_old):
            return ""
        return self.env._(
            "Not imported: this answers an earlier upload. %s Import the answer to "
            "that file.",
            self._export_note(),
        )

    def _store_refusal(self, result, digest):
        """Write a refusal by the portal that a person has imported."""
        values = self._result_values(result)
        imported = self.env._(
            "According to the answer file that %(user)s imported on %(date)s:",
            user=self.env.user.name,
            date=self._shown_time(fields.Datetime.now()),
        )
        values |= {
            "error": f"{imported}\n{values['error']}",
            "answer_digest": digest,
        }
        with permits.permitted(self, values):
            self.write(values)
        self._note_result(values["error"])
        self._follow_up()

    def _note_result(self, text):
        """Record what an answer file says, and who imported it."""
        body = Markup("<b>%s</b>%s") % (self._answer_title(), plaintext2html(text))
        with permits.recorded_messages():
            self._export_thread()._message_log(body=body)

    def _answer_title(self):
        """Return the title of the note about an answer file."""
        raise NotImplementedError
