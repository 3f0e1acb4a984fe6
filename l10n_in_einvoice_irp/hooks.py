import json

from odoo.tools import split_every

from .models.evidence import permits
from .models.evidence.ir_attachment import ARCHIVE, SEAL, SHA256
from .models.evidence.mail_message import MARK
from .models.portal.log import SEALED_FIELDS

# records in a file, and read at a time
ROWS = 20_000
CHUNK = 500


def post_init_hook(env):
    """Let PostgreSQL know that no invoice is registered yet.

    It does not look at the invoices again before a tenth of them has changed, and would
    take the new column for one that any index is too long for.
    """
    env.cr.execute("ANALYZE account_move")


def uninstall_hook(env):
    """Leave the statutory evidence, readable without the addon; only our own settings
    and activities go.

    Signed answers and requests become plain attachments of the invoices, log and seals
    become files of the company.
    """
    for company in env["res.company"].with_context(active_test=False).search([]):
        _export(env, company, "log", _log_lines(env, company))
        _export(env, company, "seals", _seal_lines(env, company))
    _release_attachments(env)
    _release_messages(env)
    _remove_settings(env)


def _export(env, company, what, lines):
    """Attach lines to a company's record, as JSON, one record in each."""
    for number, part in enumerate(split_every(ROWS, lines), 1):
        env["ir.attachment"].create(
            {
                "name": f"irp-{what}-{company.id}-{number}.jsonl",
                "raw": "\n".join(part).encode(),
                "mimetype": "text/plain",
                "res_model": "res.company",
                "res_id": company.id,
                "company_id": company.id,
            }
        )


def _log_lines(env, company):
    log = env["l10n_in.irp.log"]
    ids = log.search([("company_id", "=", company.id)], order="id").ids
    for part in split_every(CHUNK, ids):
        rows = log.browse(part)
        for row in rows.read([*SEALED_FIELDS, "seal_id"], load=None):
            yield json.dumps(row, default=str, sort_keys=True)
        rows.invalidate_recordset()


def _seal_lines(env, company):
    names = ("kind", "day", "count", "content_hash", "previous_hash", "seal_hash")
    for seal in env["l10n_in.irp.seal"].search(
        [("company_id", "=", company.id)], order="day, id"
    ):
        values = {name: seal[name] for name in ("id", *names, "pruned_on")}
        values["digests"] = seal._digest_lines().split("\n")
        yield json.dumps(values, default=str, sort_keys=True)


def _release_attachments(env):
    """Store evidence as plain attachments, each at its invoice or company."""
    attachments = env["ir.attachment"]
    ids = attachments.search([(SHA256, "!=", False)], order="id").ids
    for part in split_every(CHUNK, ids):
        evidence = attachments.browse(part)
        invoices = _invoices_of(env, evidence)
        for attachment in evidence:
            _release(attachment, invoices.get(attachment))
        env.flush_all()
        evidence.invalidate_recordset()


def _invoices_of(env, evidence):
    """Return attachment -> the invoice that it was sent for."""
    sent = env["l10n_in.irp.log"].search(
        [("request_attachment_id", "in", evidence.ids), ("document_id", "!=", False)]
    )
    invoices = {row.request_attachment_id: row.document_id.move_id for row in sent}
    requests = [("request_attachment_id", "in", evidence.ids)]
    for model in ("l10n_in.irp.document", "l10n_in.irp.ewaybill"):
        made = env[model].search(requests)
        invoices |= {one.request_attachment_id: one.move_id for one in made}
    for step in env["l10n_in.irp.ewaybill.step"].search(requests):
        invoices[step.request_attachment_id] = step.ewaybill_id.move_id
    return invoices


def _release(attachment, invoice):
    if attachment.res_model == "l10n_in.irp.seal":
        # an archive is large: one in memory at a time
        attachment = attachment.with_prefetch()
    content = attachment.raw
    values = {SHA256: False, SEAL: False, ARCHIVE: False}
    if attachment.res_model in ("l10n_in.irp.log", "l10n_in.irp.seal"):
        # Odoo deletes the attachments of a model that goes
        owner = invoice or attachment.company_id
        values |= {"res_model": owner._name, "res_id": owner.id}
    with permits.permitted(attachment, values):
        attachment.write(values)
    if content:
        attachment.write({"raw": content})
        attachment.env.flush_all()
    attachment.invalidate_recordset(["raw"])


def _release_messages(env):
    """Move the notes of e-way bills, which go, to their invoices; those of one without
    an invoice to the contact of its company."""
    domain = [(MARK, "=", True), ("model", "=", "l10n_in.irp.ewaybill")]
    messages = env["mail.message"].search(domain)
    ewaybills = env["l10n_in.irp.ewaybill"].browse(messages.mapped("res_id")).exists()
    owners = {one.id: one.move_id or one.company_id.partner_id for one in ewaybills}
    for message in messages.filtered(lambda one: one.res_id in owners):
        owner = owners[message.res_id]
        values = {"model": owner._name, "res_id": owner.id}
        with permits.permitted(message, values):
            message.write(values)


def _remove_settings(env):
    modules = env["ir.model.data"].sudo()
    types = modules.search(
        [
            ("module", "=", "l10n_in_einvoice_irp"),
            ("model", "=", "mail.activity.type"),
        ]
    )
    activities = env["mail.activity"].sudo().with_context(active_test=False)
    activities.search([("activity_type_id", "in", types.mapped("res_id"))]).unlink()
    env["ir.config_parameter"].sudo().search(
        [("key", "=like", "l10n_in_einvoice_irp.%")]
    ).unlink()
