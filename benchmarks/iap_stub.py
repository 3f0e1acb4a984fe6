"""A stub for the server between Odoo's own ``l10n_in_edi`` and the portal.

``python iap_stub.py SECONDS`` prints its address and answers every call after that
delay with an answer of the usual size.
"""

import base64
import hashlib
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = {"AuthToken": "t" * 25, "TokenExpiry": "2099-12-31 23:59:59"}
# header and signature (RSA 2048) of a token, around its content
HEADER, SIGNATURE = "h" * 152, "s" * 342


def registered(payload: dict) -> dict:
    """Return the answer of Generate IRN to an INV-01 document."""
    text = json.dumps(payload)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {
        "AckNo": int(digest[:12], 16),
        "AckDt": time.strftime("%Y-%m-%d %H:%M:%S"),
        "Irn": digest,
        "SignedInvoice": signed(text),
        "SignedQRCode": signed(text[:300]),
        "Status": "ACT",
    }


def signed(text: str) -> str:
    content = base64.urlsafe_b64encode(text.encode()).decode()
    return f"{HEADER}.{content}.{SIGNATURE}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # send each answer in one piece: unbuffered, it waits for the client's delayed ACK
    wbufsize = -1
    latency = 0.0

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        call = json.loads(body)
        time.sleep(self.latency)
        if self.path.endswith("/authenticate"):
            data = TOKEN
        else:
            data = registered(call["params"]["json_payload"])
        answer = {"jsonrpc": "2.0", "id": call["id"], "result": {"data": data}}
        self._answer(json.dumps(answer).encode())

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


def main() -> None:
    Handler.latency = float(sys.argv[1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"http://127.0.0.1:{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
