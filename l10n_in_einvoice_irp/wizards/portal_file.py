import base64
from collections import Counter
from itertools import compress

from odoo.exceptions import UserError

from .targets import CheckedDialog


class PortalFileDialog(CheckedDialog):
    """Base class of dialogs that read a file from a portal's web page."""

    # not a model, just as its base class is none
    _register = False

    def _content(self):
        """Return the bytes of the file.

        :raises UserError: none was chosen.
        """
        if not self.file:
            raise UserError(self.env._("Choose the file from the portal first."))
        # the web client asks for sizes instead of contents
        return base64.b64decode(self.with_context(bin_size=False).file)

    def _counted(self):
        """Return how many lines have which result, and that in words."""
        field = self.line_ids._fields["result"]
        counts = Counter(self.line_ids.mapped("result"))
        labels = dict(field._description_selection(self.env))
        words = (f"{labels[result]}: {counts[result]}" for result in labels)
        return counts, ", ".join(compress(words, map(counts.get, labels)))
