import json

from werkzeug.test import Client
from werkzeug.wrappers import Response

from odoo.http import root
from odoo.tests import tagged

from .common import MARK, AttackCommon, doors

# methods of Odoo to try on every model, beside all public ones of ours
USUAL = ("read", "search_read", "web_read", "create", "write", "unlink", "export_data")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAnonymous(AttackCommon):
    """Generated: every method and file of ours over HTTP, without a session."""

    def setUp(self):
        super().setUp()
        self.http_request_allow_all = True
        self.client = Client(root, Response, use_cookies=False)

    def ask(self, path, data=None):
        """Return the response to a stranger's request; count the door."""
        self.tried["anonymous"] += 1
        headers = {"X-Odoo-Database": self.env.cr.dbname, "Host": "localhost"}
        if data is None:
            return self.client.get(path, headers=headers)
        return self.client.post(path, json=data, headers=headers)

    def is_open(self, response):
        """Return whether a response carries a result, or the mark."""
        if MARK.encode() in response.data:
            return True
        if response.status_code >= 300:
            return False
        if response.mimetype != "application/json":
            is_page = response.mimetype == "text/html"
            return not is_page and response.data != self.placeholder
        answer = json.loads(response.data)
        return not (isinstance(answer, dict) and "error" in answer)

    def calls(self):
        """Yield path and body of every call by RPC."""
        for model in self.own_models():
            victim = self.victims.get(model._name, model)
            methods = set(USUAL) | {
                name for name in self.public_methods(model) if self.is_ours(model, name)
            }
            for name in sorted(methods):
                args, kwargs = self.arguments(victim, name)
                params = {
                    "model": model._name,
                    "method": name,
                    "args": args,
                    "kwargs": kwargs,
                }
                yield "/web/dataset/call_kw", {"jsonrpc": "2.0", "params": params}
                yield "/web/dataset/call_button", {"jsonrpc": "2.0", "params": params}
                body = {"ids": victim.ids, **kwargs}
                yield f"/json/2/{model._name}/{name}", body

    def files(self):
        """Yield the addresses of every file and picture of ours."""
        for record in self.victims.values():
            for field in record._fields.values():
                is_ours = record._name.startswith("l10n_in.irp.")
                if field.type != "binary" or not (
                    is_ours or field.name.startswith("l10n_in_irp_")
                ):
                    continue
                place = f"{record._name}/{record.id}/{field.name}"
                yield f"/web/content/{place}"
                yield f"/web/image/{place}"
        logs = self.victims["l10n_in.irp.log"].sudo()
        document = self.victims["l10n_in.irp.document"].sudo()
        for attachment in logs.request_attachment_id | document.signed_attachment_id:
            for token in ("", "?access_token=guessed"):
                yield f"/web/content/{attachment.id}{token}"
                yield f"/web/image/{attachment.id}{token}"
        move = self.victims["account.move"]
        for report in ("", "&report_type=pdf", "&report_type=html"):
            yield f"/my/invoices/{move.id}?access_token=guessed{report}"
        for token in ("", "?access_token=", "?access_token=guessed"):
            yield f"/my/invoices/{move.id}/einvoice{token}"

    def test_nobody_gets_anything_without_a_session(self):
        opened = []
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.placeholder = self.ask("/web/image/0").data
            before = self.changes()
            for path, body in self.calls():
                if self.is_open(self.ask(path, body)):
                    opened.append(f"{path} {body}")
            for path in self.files():
                response = self.ask(path)
                if self.is_open(response):
                    opened.append(f"{path} {response.status}")
            self.assertFalse(self.changes() - before)
        doors.info(
            "anonymous: %s doors tried, %s open", self.tried.total(), len(opened)
        )
        self.assertFalse(opened, "\n".join(opened))
        self.assertGreater(self.tried.total(), 500)
