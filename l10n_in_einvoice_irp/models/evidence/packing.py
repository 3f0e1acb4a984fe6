"""How evidence is stored: compressed, and read back to the same bytes.

The documents of the protocol are short and alike, so that most of what compression
finds in a long text is missing in each of them. Two things make up for it: a dictionary
of what is in every document, and the tokens of signed answers, which are stored as what
they encode: the same text begins at another place of each, and base64 hides it.
"""

import base64
import hashlib
import logging
import re
import zlib

_logger = logging.getLogger(__name__)

# What is packed says how. Another dictionary is another format, with another mark: what
# is stored can be read only with the dictionary with which it was written.
MARK = b"IRP\x01"
LENGTH = 4
# header, content and signature of a token
ENCODED = re.compile(rb"[A-Za-z0-9_-]{80,}")

_PARTY = (
    '"Gstin":"","LglNm":" PRIVATE LIMITED","TrdNm":"","Addr1":"","Addr2":"","Loc":"",'
    '"Pin":,"Stcd":"","Ph":"","Em":"'
)
_ITEM = (
    '{"ItemNo":0,"SlNo":"1","PrdDesc":"","IsServc":"N","PrdDesc":"","HsnCd":"","Barcde"'
    ':"","Qty":1.0,"FreeQty":0.0,"Unit":"NOS","UnitPrice":0.0,"TotAmt":0.0,"Discount":'
    '0.0,"PreTaxVal":0.0,"AssAmt":0.0,"GstRt":18.0,"IgstAmt":0.0,"CgstAmt":0.0,'
    '"SgstAmt":0.0,"CesRt":0.0,"CesAmt":0.0,"CesNonAdvlAmt":0.0,"StateCesRt":0.0,'
    '"StateCesAmt":0.0,"StateCesNonAdvlAmt":0.0,"OthChrg":0.0,"TotItemVal":0.0,'
    '"OrdLineRef":"","OrgCntry":"IN","PrdSlNo":"","BchDtls":{"Nm":"","ExpDt":"",'
    '"WrDt":""},"AttribDtls":[{"Nm":"","Val":""}]},{"SlNo":"2","PrdDesc":"","IsServc":'
    '"N","HsnCd":"","Qty":1.0,"Unit":"NOS","UnitPrice":0.0,"TotAmt":0.0,"Discount":0.0,'
    '"AssAmt":0.0,"GstRt":18.0,"CesRt":0.0,"StateCesRt":0.0,"IgstAmt":0.0,"CgstAmt":0.0'
    ',"SgstAmt":0.0,"CesAmt":0.0,"CesNonAdvlAmt":0.0,"StateCesAmt":0.0,'
    '"StateCesNonAdvlAmt":0.0,"OthChrg":0.0,"TotItemVal":0.0}],'
)
_DOCUMENT = (
    '"Version":"1.1","TranDtls":{"TaxSch":"GST","SupTyp":"B2B","RegRev":"N","EcmGstin"'
    ':"","IgstOnIntra":"N"},"DocDtls":{"Typ":"INV","No":"INV/","Dt":"01/04/2026"},'
    f'"SellerDtls":{{{_PARTY}"}},"BuyerDtls":{{{_PARTY}","Pos":""}},"DispDtls":{{'
    f'"Nm":"","Addr1":""}},"ShipDtls":{{{_PARTY}"}},"ItemList":[{_ITEM}"ValDtls":{{'
    '"AssVal":0.0,"CgstVal":0.0,"SgstVal":0.0,"IgstVal":0.0,"CesVal":0.0,"StCesVal":'
    '0.0,"Discount":0.0,"OthChrg":0.0,"RndOffAmt":0.0,"TotInvVal":0.0,"TotInvValFc":'
    '0.0},"PayDtls":{"Nm":"","AccDet":"","Mode":"","FinInsBr":"","PayTerm":"","CrDay":'
    '0,"PaidAmt":0.0,"PaymtDue":0.0},"RefDtls":{"InvRm":"","DocPerdDtls":{"InvStDt":"",'
    '"InvEndDt":""},"PrecDocDtls":[{"InvNo":"","InvDt":"","OthRefNo":""}],"ContrDtls":'
    '[{"RecAdvRefr":"","RecAdvDt":"","TendRefr":"","ContrRefr":"","ExtRefr":"",'
    '"ProjRefr":"","PORefr":"","PORefDt":""}]},"AddlDocDtls":[{"Url":"","Docs":"",'
    '"Info":""}],"ExpDtls":{"ShipBNo":"","ShipBDt":"","Port":"","RefClm":"N","ForCur":'
    '"USD","CntCode":""},"EwbDtls":{"TransId":"","TransName":"","TransMode":"1",'
    '"Distance":0,"TransDocNo":"","TransDocDt":"","VehNo":"","VehType":"R"}}'
)
_QR = (
    '"SellerGstin":"","BuyerGstin":"","DocNo":"","DocTyp":"INV","DocDt":"/2026",'
    '"TotInvVal":0.0,"ItemCnt":1,"MainHsnCode":"","Irn":"","IrnDt":"2026-'
)
_HEADER = '{"alg":"RS256","kid":"","x5t":"","typ":"JWT"}'


def _escaped(text):
    # a signed content is a text inside JSON
    return text.replace('"', r"\"")


DICTIONARY = "".join(
    (
        f'{{"data":"{{{_escaped(_QR)}","iss":"NIC"}}',
        f'"AckNo":"","AckDt":"2026-","SignedQRCode":"{_HEADER}',
        f'"Note": "TEST INVOICE \\u2013 not registered with the IRP",\n{_HEADER}',
        '{\n  "Irn": "",\n  "AckNo": "1",\n  "AckDt": "2026-",\n  "SignedInvoice": "',
        '",\n  "SignedQRCode": "',
        '{"data":"{\\"AckNo\\":1,\\"AckDt\\":\\"2026-\\",\\"Irn\\":\\"',
        _escaped(_DOCUMENT),
        f"{{{_DOCUMENT}",
    )
).encode()


def pack(content):
    """Return content as it is stored: compressed, and marked as such."""
    packer = zlib.compressobj(9, zdict=DICTIONARY)
    return MARK + packer.compress(_decoded(content)) + packer.flush()


def unpack(content):
    """Return the content of what `pack` stored; b"" if it is damaged.

    What is not marked as packed is returned as it is.
    """
    if not (content or b"").startswith(MARK):
        return content
    try:
        unpacker = zlib.decompressobj(zdict=DICTIONARY)
        decoded = unpacker.decompress(content[len(MARK) :])
        if not unpacker.eof:
            raise ValueError("its end is missing")
        return _encoded(decoded)
    except (ValueError, zlib.error):
        _logger.exception("evidence cannot be decompressed")
        return b""


def digest(content):
    """Return the SHA-256 of content, in hexadecimal digits."""
    return hashlib.sha256(content or b"").hexdigest()


def _decoded(content):
    """Return content as parts with their lengths, every second one decoded."""
    parts, end = [], 0
    for token in ENCODED.finditer(content):
        decoded = _token_bytes(token[0])
        if decoded is not None:
            parts += [content[end : token.start()], decoded]
            end = token.end()
    parts.append(content[end:])
    return b"".join(len(part).to_bytes(LENGTH, "big") + part for part in parts)


def _encoded(decoded):
    """Return the content of `_decoded`.

    :raises ValueError: a part is incomplete.
    """
    parts, at = [], 0
    while at < len(decoded):
        start = at + LENGTH
        at = start + int.from_bytes(decoded[at:start], "big")
        part = decoded[start:at]
        if at > len(decoded):
            raise ValueError("a part is incomplete")
        parts.append(_token(part) if len(parts) % 2 else part)
    return b"".join(parts)


def _token_bytes(text):
    """Return the bytes that a text encodes; None if they encode to another text."""
    if len(text) % 4 == 1:
        return None
    decoded = base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    return decoded if _token(decoded) == text else None


def _token(decoded):
    return base64.urlsafe_b64encode(decoded).rstrip(b"=")
