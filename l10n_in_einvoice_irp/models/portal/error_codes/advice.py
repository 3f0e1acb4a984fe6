"""Cause and next step of the portals' codes, in the reader's language.

The texts are in the list of codes, not in code; their translations are in the addon's
.po files like those of code (``bin/i18n`` adds them to the template).
"""

from odoo.tools.translate import get_translation

ADDON = "l10n_in_einvoice_irp"


def translate(env, text: str) -> str:
    """Return a text of the list of codes in the language of an environment."""
    return get_translation(ADDON, env.lang or "en_US", text, ())


def hint(env, known) -> str:
    """Return what is wrong and the next step for an entry of the catalogue."""
    return " ".join(translate(env, text) for text in (known.cause, known.advice))
