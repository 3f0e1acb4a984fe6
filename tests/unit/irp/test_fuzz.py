"""Nothing that a portal, a gateway or a file holds makes a parser fail in its own way.

Whatever is read, a parser returns something that can be stored, or raises the errors
that it names. ``IRP_SEED`` chooses the inputs, ``IRP_LONG`` makes them 200 000, and a
number in ``IRP_FUZZ`` as many.
"""

import base64
import io
import json
import zipfile
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    pkcs7,
)
from irp.client import Account, EwaybillSystem, IrpClient
from irp.operations import judge_row
from irp.protocol.crypto import read_key_files, read_single_key
from irp.protocol.envelope import duplicate_facts, parse_errors, parse_infos
from irp.protocol.errors import (
    IrpError,
    IrpOutcomeUnknown,
    IrpProtocolError,
    IrpSignatureError,
)
from irp.protocol.files import (
    identity_of,
    parse_answer_file,
    parse_portal_file,
    parse_result_table,
)
from irp.protocol.http import Response, parse_proxy
from irp.protocol.incoming import read_json
from irp.protocol.records import Registration
from irp.protocol.redaction import redact, redact_text, redact_url
from irp.protocol.response_errors import open_answer
from irp.protocol.session import Session, open_session
from irp.protocol.signature import SigningKeys, load_signing_key
from irp.protocol.verification import verify_registration
from irp.reference import (
    check_base_url,
    check_headers,
    check_path_prefixes,
    decode_list,
    is_published_address,
    read_list,
)
from irp.reference.dates import (
    parse_date,
    parse_portal_datetime,
    read_date,
    read_portal_datetime,
)
from irp.reference.profiles import ENDPOINTS, ENVIRONMENTS, PROFILES
from irp.rules.taxpayer_status import standing_on
from processes.sizes import size

from unit.irp.odd_values import (
    ANSWERS,
    DOCUMENT,
    ERRORS,
    EWB,
    EWB_FAILURE,
    FAILURE,
    GATEWAY,
    GSTIN,
    INFOS,
    IRN,
    QR,
    Odd,
    registration_of,
)

INPUTS = size("IRP_FUZZ", 6_000, 200_000)
NOW = datetime(2025, 11, 15, 9, 0, tzinfo=timezone.utc)
KEY = b"k" * 32
MAX_STORED = 9 * 1024 * 1024

DAY = date(2025, 11, 15)
RESULT_HEADINGS = ["Doc No", "Doc Date", "IRN", "Status", "Error Code", "Error"]


class Answering:
    """A transport that gives one answer, sealed with the session's key."""

    def __init__(self, odd, seal):
        self.odd, self.seal = odd, seal

    def send(self, request):
        odd = self.odd
        data = odd.random.choice([registration_of(odd), *ANSWERS])
        sealed = self.seal(odd.json(odd.like(data)), KEY)
        infos = odd.like(INFOS) if odd.often(0.3) else None
        done = {"Status": 1, "Data": sealed, "InfoDtls": infos}
        return Response(200, {}, odd.json(odd.like(done, 0.02)))


@pytest.fixture
def aids(portal_key, certificate, make):
    """Return the keys and the account that the targets need."""
    public = portal_key.public_key()
    spki = PublicFormat.SubjectPublicKeyInfo
    return SimpleNamespace(
        seal=make.seal,
        account=Account(GSTIN, "user", "Secret@1", "id", "secret", public),
        materials=[
            certificate,
            base64.b64encode(certificate),
            public.public_bytes(Encoding.PEM, spki),
            public.public_bytes(Encoding.DER, spki),
            b"-----BEGIN X-----" * 99,
        ],
        keys=SigningKeys([load_signing_key(certificate)]),
        bundle=pkcs7.serialize_certificates(
            [x509.load_der_x509_certificate(certificate)] * 2, Encoding.DER
        ),
    )


def client_of(kind, odd, aids, **session):
    return kind(
        aids.account,
        Answering(odd, aids.seal),
        base_url="https://portal.example",
        environment=ENVIRONMENTS["sandbox"],
        clock=lambda: NOW,
        **session,
    )


# -- the parsers, and what each may raise ---------------------------------------------


def envelope(odd, aids):
    plain = {"status_cd": "0", "status_desc": ERRORS, "data": {}}
    samples = [FAILURE, EWB_FAILURE, GATEWAY, plain, {"Status": 1}]
    sample = odd.random.choice(samples)
    status = odd.random.choice([200, 200, 200, 302, 400, 401, 403, 404, 429, 503])
    headers = {"retry-after": odd.text()}
    body = odd.json(odd.like(sample, 0.1))
    endpoint = odd.random.choice(list(ENDPOINTS.values()))
    wire = odd.random.choice(list(PROFILES.values())).wire
    return open_answer(Response(status, headers, body), endpoint, wire, NOW)


def answers(odd, aids):
    session = Session("token", KEY, NOW + timedelta(hours=1), "user")
    client = client_of(IrpClient, odd, aids, session=session)
    calls = [
        lambda: client.generate_irn({"a": 1}),
        lambda: client.cancel_irn(IRN, "1", "x"),
        lambda: client.get_irn(IRN),
        lambda: client.get_rejected_irns(DAY),
        lambda: client.generate_ewb({"Irn": IRN}),
        lambda: client.get_ewb(IRN),
        lambda: client.cancel_ewb(EWB, "1", "x"),
        lambda: client.get_gstin(GSTIN),
    ]
    found = odd.random.choice(calls)()
    if isinstance(found, Registration):
        return found, found.ewb_errors, found.ewb_distance_km
    if hasattr(found, "taxpayer_type"):
        standing_on(found, DAY)
    return found


def log_ins(odd, aids):
    kind = odd.random.choice([IrpClient, EwaybillSystem])
    client_of(kind, odd, aids).ensure_session()


def sessions(odd, aids):
    sample = {
        "AuthToken": "token",
        "Sek": aids.seal(KEY, KEY),
        "TokenExpiry": "2025-11-15 18:05:12",
    }
    life = timedelta(hours=1)
    data = json_or(odd.json(odd.like(sample)), {})
    opened = open_session(data, KEY, user_name="u", now=NOW, token_life=life)
    opened.token.encode("ascii")


def json_or(raw, default):
    try:
        found = read_json(raw)
    except ValueError as error:
        assert_storable(str(error))
        return default
    return found if isinstance(found, type(default)) else default


def files(odd, aids):
    sample = [registration_of(odd) for _ in range(odd.random.randrange(3))]
    wrapped = odd.random.choice([sample, {"Data": sample}, sample[:1]])
    content = odd.json(odd.like(wrapped, 0.03))
    text = content.decode("utf-8", "surrogateescape") if odd.often(0.3) else content
    found = parse_portal_file(text)
    return found, [odd_identity(one, aids) for one in found]


def results(odd, aids):
    row = {"DocDtls": {"No": "A/7"}, "Irn": "", "ErrorDetails": ERRORS}
    entries = [registration_of(odd), row, {"Doc No": "A/8", "Error": "2172 : x"}]
    turn = odd.random.randrange(3)
    if turn == 0:
        found = parse_answer_file(odd.json(odd.like(entries, 0.1)))
        return found, [judge_row(one).error for one in found.rows]
    if turn == 1:
        lines = ";".join(RESULT_HEADINGS) + "\n" + odd.text() * 9
        return parse_answer_file(odd.spoiled(lines.encode("utf-8", "replace"), 0.3))
    cells = [[odd.value() for _ in range(6)] for _ in range(3)]
    rows = parse_result_table([RESULT_HEADINGS, *cells])
    return rows, [one.text for one in rows], [judge_row(one).error for one in rows]


def odd_identity(registration, aids):
    try:
        verify_registration(registration, aids.keys, received_at=NOW)
        return identity_of(registration)
    except IrpSignatureError as error:
        return str(error)


def tokens(odd, aids):
    parsed = aids.keys.verify(odd.token(odd.like(DOCUMENT)), received_at=NOW)
    return parsed.kid, parsed.issuer


def contents(odd, aids):
    registration = Registration(
        IRN, "1", NOW, odd.token(odd.like(DOCUMENT)), odd.token(odd.like(QR))
    )
    kind = odd.random.choice(["generated", "looked_up", "file"])
    sent = DOCUMENT if odd.often(0.7) else None
    return verify_registration(
        registration, SigningKeys(), received_at=NOW, kind=kind, sent=sent
    )


def key_material(odd, aids):
    material = odd.spoiled(odd.spoiled(odd.random.choice(aids.materials), 0.9), 0.3)
    given = material.decode("latin-1") if odd.often(0.2) else material
    key = load_signing_key(odd.text() if odd.often(0.05) else given, odd.text()[:40])
    return key.fingerprint_sha256, key.not_after, key.proves_kid


def key_files(odd, aids):
    samples = [*aids.materials, aids.bundle, zip_of(odd, aids), zip_of(odd, aids)]
    files = [
        (odd.text(), odd.spoiled(odd.spoiled(odd.random.choice(samples), 0.8), 0.4))
        for _ in range(odd.random.randrange(1, 4))
    ]
    upload = read_key_files(files)
    for key in upload.keys:
        load_signing_key(key.der)
    read_single_key(*files[0])
    return upload.faults, [key.name for key in upload.keys]


def zip_of(odd, aids):
    made = io.BytesIO()
    methods = [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2]
    with zipfile.ZipFile(made, "w", odd.random.choice(methods)) as archive:
        for number in range(odd.random.randrange(4)):
            name = f"{number}{odd.text()}".encode(errors="replace").decode()[:99]
            content = odd.random.choice([*aids.materials, aids.bundle, b"PK\x03\x04"])
            archive.writestr(name, odd.spoiled(content, 0.3))
    return made.getvalue()


def dates(odd, aids):
    text = odd.random.choice([odd.text(), odd.value(), *DOCUMENT["DocDtls"].values()])
    read_portal_datetime(text)
    moment = parse_portal_datetime(text)
    if moment is not None:
        moment.astimezone(timezone.utc)
    read_date(str(text))
    parse_date(str(text))


def lists(odd, aids):
    separators = [",", ";", "\t", "|", "\n", "\r", "\r\n", '"', '"\n"', "\0", ",,"]
    cells = [odd.random.choice([GSTIN, "GSTIN", odd.text()]) for _ in range(9)]
    text = "".join(cell + odd.random.choice(separators) for cell in cells)
    text = text * 200 if odd.often(0.01) else text
    read_list(text)
    encoding = odd.random.choice(["utf-8", "utf-16", "latin-1"])
    return read_list(decode_list(text.encode(encoding, "replace")))


def error_lists(odd, aids):
    value = json.loads(json.dumps(odd.like(odd.random.choice([ERRORS, INFOS]))))
    if odd.often(0.4):
        value = odd.json(value).decode("utf-8", "replace")
    if isinstance(value, str) and odd.often(0.5):
        value = base64.b64encode(value.encode(errors="replace")).decode()
    infos = parse_infos(value)
    return parse_errors(value), infos, duplicate_facts(infos)


def redactions(odd, aids):
    redact(odd.value(4))
    redact(odd.json(odd.value()))
    redact_text(odd.text())
    redact_url(odd.text())


def addresses(odd, aids):
    url = odd.random.choice(
        [odd.text(), f"https://{odd.text()}", f"http://{odd.text()}/"]
    )
    is_published_address(url, "production")
    turn = odd.random.randrange(3)
    if turn == 0:
        check_headers({odd.text(): odd.text()})
    elif turn == 1:
        check_path_prefixes({odd.text(): odd.text(), "/a/": f"/{odd.text()}"})
    else:
        check_base_url(url, odd.random.choice(list(ENVIRONMENTS))).encode("ascii")


def proxies(odd, aids):
    text = odd.text()
    address = odd.random.choice(
        [
            text,
            f"http://{text}:3128",
            f"http://{text}:{odd.text()}@proxy.example:3128",
            f"https://proxy.example:{text}",
        ]
    )
    proxy = parse_proxy(address)
    again = parse_proxy(proxy.shown)
    assert (again.user, again.place) == (proxy.user, proxy.place)
    return proxy.shown, proxy.url, proxy.headers()


PARSERS = {
    envelope: IrpError,
    answers: IrpError,
    log_ins: IrpError,
    sessions: (IrpProtocolError, IrpOutcomeUnknown),
    files: ValueError,
    results: ValueError,
    tokens: IrpSignatureError,
    contents: IrpSignatureError,
    key_material: ValueError,
    key_files: ValueError,
    dates: ValueError,
    lists: ValueError,
    error_lists: (),
    redactions: (),
    addresses: ValueError,
    proxies: ValueError,
}


@pytest.mark.parametrize("parse", PARSERS, ids=lambda parse: parse.__name__)
def test_no_parser_fails_in_its_own_way(parse, aids):
    odd, count = Odd(parse.__name__), -(-INPUTS // len(PARSERS))
    for _ in range(count):
        try:
            assert_storable(parse(odd, aids))
        except PARSERS[parse] as error:
            assert_meant(error)


def assert_meant(failure):
    # a subclass of ValueError would be one that nobody meant to raise
    is_plain = isinstance(failure, IrpError) or type(failure) is ValueError
    assert is_plain, repr(failure)[:500]
    assert_storable([str(failure), failure])


def assert_storable(value):
    """Assert that PostgreSQL and XML accept the text, and that its size is bounded."""
    if isinstance(value, str):
        value.encode()
        assert len(value) <= MAX_STORED
        assert "\0" not in value
    elif isinstance(value, IrpError):
        assert_storable([vars(value), value.message])
    elif is_dataclass(value):
        assert_storable([getattr(value, one.name) for one in fields(value)])
    elif isinstance(value, dict):
        assert_storable([*value.keys(), *value.values()])
    elif isinstance(value, (list, tuple)):
        for one in value:
            assert_storable(one)
    elif isinstance(value, datetime):
        value.astimezone(timezone.utc)
