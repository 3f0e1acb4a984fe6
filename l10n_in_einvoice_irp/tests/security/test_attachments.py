import logging

from odoo.tests import tagged

from .common import MARK, AttackCommon
from .rights import MODELS, PORTAL, READERS, ROLES, STRANGER

_logger = logging.getLogger(__name__)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAttachments(AttackCommon):
    """Files by their ids, and files that claim to belong to a record of ours."""

    def test_evidence_is_for_the_readers_of_its_record(self):
        opened = []
        log = self.victims["l10n_in.irp.log"].sudo()
        document = self.victims["l10n_in.irp.document"].sudo()
        # the signed e-invoice is the customer's as well
        allowed = {
            log.request_attachment_id: READERS,
            document.signed_attachment_id: READERS | {PORTAL},
        }
        for attachment, readers in allowed.items():
            self.assertTrue(attachment)
            for role in ROLES:
                for name in ("raw", "datas", "name", "url", "access_token"):
                    way = ("read", [attachment.ids, [name]])
                    attempt = self.attempt(role, attachment, *way)
                    if not attempt.error and role not in readers:
                        opened.append(f"{attempt.door} {attachment.name} {name}")
        _logger.info("evidence: %s doors tried", self.tried.total())
        self.assertFalse(opened, "\n".join(opened))

    def test_nobody_attaches_files_to_records_he_may_not_write(self):
        opened = []
        files = self.env["ir.attachment"]
        for model in self.own_models():
            victim = self.victims.get(model._name)
            if not victim:
                continue
            values = {"name": MARK, "res_model": model._name, "res_id": victim.id}
            binaries = [n for n, f in model._fields.items() if f.type == "binary"]
            for role in ROLES:
                for field in (False, *binaries):
                    way = ("create", [{**values, "res_field": field, "raw": "forged"}])
                    attempt = self.attempt(role, files, *way)
                    allowed = role in MODELS[model._name].write and role != STRANGER
                    if not attempt.error and not allowed:
                        opened.append(f"{attempt.door} {model._name} {field}")
        _logger.info("attaching: %s doors tried", self.tried.total())
        self.assertFalse(opened, "\n".join(opened))
