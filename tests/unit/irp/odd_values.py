"""Odd values, and odd variants of what portals, gateways and files hold."""

import base64
import json
import random
import string

from processes.sizes import SEED

IRN = "7" * 64
EWB = "391009149369"
GSTIN = "37ARZPT4384Q1MT"

# What json.dumps does not write: put in as it is.
RAW = [
    *("NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1e308", "1e-400", "-0"),
    *("-0.0", "9" * 400, "9" * 5000, "1." + "0" * 400, "00", "+1", "0x10", "1_0"),
    *('"\\ud800"', '"\\udfff\\ud800"', '"\\u0000"', '"\\u0001\\u001f"', '"\\uffff"'),
    *('"\\ud83d\\ude00"', '"\t"', "'x'", "undefined", "", "tru", "[" * 3000),
    *("[" * 40 + "]" * 40, '{"a":' * 50 + "1" + "}" * 50, "{}", "[]", '"' + "x" * 9000),
]
TEXTS = [
    *(
        "",
        " ",
        "0",
        "1",
        "true",
        "-1",
        "1e5",
        "null",
        "NaN",
        "[",
        "{",
        '{"a":1}',
        "[1]",
    ),
    *("2150", "2150 : Duplicate IRN", "_3109", "SYS_5001", "212,", ",,,", "ACT", "CNL"),
    *("2025-11-15 14:30:00", "0001-01-01T00:00:00", "9999-12-31 23:59:59-12:00"),
    *(
        "15/11/2025 12:10:00 PM",
        "99/99/9999",
        "1/1/" + "9" * 30,
        "٣/٣/٢٠٢٥",
        "²/1/2025",
    ),
    *(IRN, EWB, GSTIN, "URP", "Pin-Pin calc distance: 2467KM", "9" * 500 + "KM"),
    *(
        "\0",
        "\ud800",
        "\udc00\ud800",
        "\uffff",
        "\x01\x1b[31m",
        "\u202e",
        "a\r\nHost: b",
    ),
    *(
        "Käufer ₹",
        "अ" * 50,
        "😀",
        "\u2028",
        "%s%n",
        "../../x",
        "<script>",
        "'; --",
        "\\",
    ),
    *("x" * 5000, "password=" * 99, "eyJ-" * 99, "://" * 99, "=" * 99, "AAAA", "AA=="),
    *(
        "https://portal.example",
        "https://[::1",
        "http://a\u2100.example",
        "https://h:9x",
    ),
    *(
        "https://1.2.3",
        "//@\\?#",
        "ß.example",
        "xn--a.example",
        "https://[::%1]",
        "0x.1",
    ),
    *("Sat, 15 Nov 2025 09:01:30 GMT", "Sat, 99 Foo 99999 99:99:99 +99999999", ", :"),
]


class Odd:
    """Makes odd values, and odd variants of good ones."""

    def __init__(self, name):
        self.random = random.Random(f"{SEED} {name}")

    def often(self, share):
        return self.random.random() < share

    def text(self):
        chosen = self.random.choice(TEXTS)
        if self.often(0.2):
            chosen += self.random.choice(TEXTS)
        if self.often(0.1):
            letters = string.printable + "\0\ud800é₹\u0660"
            chosen += "".join(self.random.choices(letters, k=9))
        return chosen

    def value(self, depth=2):
        kind = self.random.randrange(10)
        if kind < 4:
            return self.text()
        if kind < 6:
            return f"@raw{self.random.randrange(len(RAW))}@"
        if kind == 6:
            return self.random.choice([None, True, False, 0, 1, -1, 2150.0, 10**20])
        if not depth:
            return None
        if kind == 7:
            return [self.value(depth - 1) for _ in range(self.random.randrange(4))]
        return {self.text(): self.value(depth - 1) for _ in range(3)}

    def like(self, sample, share=0.15):
        """Return a sample with some of its members spoiled, renamed or left out."""
        if self.often(share / 3):
            return self.value()
        if isinstance(sample, dict):
            return {
                self.name(name): self.like(item, share)
                for name, item in sample.items()
                if not self.often(share / 3)
            }
        if isinstance(sample, list):
            return [self.like(item, share) for item in sample]
        return self.value() if self.often(share) else sample

    def name(self, name):
        if self.often(0.05):
            return self.random.choice([name.upper(), name.lower(), self.text()])
        return name

    def json(self, value):
        text = json.dumps(value, ensure_ascii=self.often(0.5))
        for number, raw in enumerate(RAW):
            text = text.replace(f'"@raw{number}@"', raw)
        return self.spoiled(text.encode("utf-8", "surrogatepass"), 0.1)

    def spoiled(self, raw, share=0.5):
        if not self.often(share) or not raw:
            return raw
        at = self.random.randrange(len(raw))
        kind = self.random.randrange(5)
        if kind == 0:
            return raw[:at]
        if kind == 1:
            return raw[:at] + self.random.randbytes(3) + raw[at + 3 :]
        if kind == 2:
            return b"\xef\xbb\xbf" + raw
        if kind == 3:
            return raw[:at] + raw[at:] * 2
        return raw[:at] + self.random.choice(RAW).encode() + raw[at:]

    def token(self, data):
        header = self.like({"alg": "RS256", "kid": "A1", "typ": "JWT"}, 0.05)
        inner = self.json(data).decode("utf-8", "replace")
        payload = self.like({"iss": "NIC", "data": inner}, 0.05)
        parts = [self.json(header), self.json(payload), b"signature"]
        token = b".".join(base64.urlsafe_b64encode(p).rstrip(b"=") for p in parts)
        return self.spoiled(token, 0.05).decode("latin-1")


DOCUMENT = {
    "AckNo": 132510000000000,
    "AckDt": "2025-11-15 14:30:00",
    "Irn": IRN,
    "DocDtls": {"Typ": "INV", "No": "A/7", "Dt": "15/11/2025"},
    "SellerDtls": {"Gstin": GSTIN, "LglNm": "Seller", "Pin": 518001},
    "BuyerDtls": {"Gstin": "29AWGPV7107B1Z1", "LglNm": "Käufer ₹"},
    "ItemList": [{"ItemNo": 0, "SlNo": "1", "HsnCd": "1001", "AssAmt": 1000.5}],
    "ValDtls": {"AssVal": 1000.5, "TotInvVal": 1050.53},
}
QR = {
    "SellerGstin": GSTIN,
    "DocNo": "A/7",
    "TotInvVal": 1050.53,
    "ItemCnt": 1,
    "MainHsnCode": "1001",
    "Irn": IRN,
    "IrnDt": "2025-11-15 14:30:00",
}
ERRORS = [{"ErrorCode": "2150", "ErrorMessage": "Duplicate IRN"}]
INFOS = [
    {"InfCd": "DUPIRN", "Desc": {"AckNo": 1, "AckDt": "2025-11-15", "Irn": IRN}},
    {"InfCd": "EWBPPD", "Desc": "Pin-Pin calc distance: 2467KM"},
    {"InfCd": "EWBERR", "Desc": ERRORS},
]
FAILURE = {"Status": 0, "Data": None, "ErrorDetails": ERRORS, "InfoDtls": INFOS}
EWB_FAILURE = {"status": "0", "error": {"errorCodes": "212,"}, "info": None}
GATEWAY = {"status_cd": "0", "error": {"error_cd": "GSP018", "message": "x"}}
ANSWERS = [
    {"Irn": IRN, "CancelDate": "2025-11-15 14:30:00"},
    {"ewayBillNo": EWB, "cancelDate": "15/11/2025 12:10:00 PM"},
    {"EwbNo": int(EWB), "EwbDt": "2025-11-15", "EwbValidTill": None, "Status": "ACT"},
    {"Gstin": GSTIN, "TradeName": "X", "StateCode": 37, "DtReg": "2017-07-01"},
    [IRN, {"Irn": IRN}],
]


def registration_of(odd):
    signed = {
        "SignedInvoice": odd.token(odd.like(DOCUMENT)),
        "SignedQRCode": odd.token(odd.like(QR)),
    }
    ack = {name: DOCUMENT[name] for name in ("AckNo", "AckDt", "Irn")}
    return {**ack, **signed, "Status": "ACT", "EwbNo": None, "EwbDt": None}
