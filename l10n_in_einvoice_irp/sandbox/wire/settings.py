"""The settings of a portal: its limits, and the dialect of its responses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any


@dataclass(frozen=True)
class Dialect:
    """The format of responses, where the published sources disagree.

    The defaults follow recorded responses of NIC's portal. Tests switch them one by one
    to verify that a client copes with every reading.

    :param status: ``number`` (1/0) or ``string`` ("1"/"0", as GSP proxies write it)
    :param error_details: ``array``, ``base64`` (of the array's JSON) or ``text``
        (the array's JSON as a string)
    :param codes: error codes as ``string`` or ``number``
    :param ack_date: ``seconds``, ``minute`` (seconds written 00) or ``short``
    :param info_before: entries of ``InfoDtls`` before the portal's own
    :param info_after: entries of ``InfoDtls`` after the portal's own
    :param jws_header: order of the members in the header of the signed tokens
    :param jws_payload: order of the members in their payload
    :param eway_bill_codes: the list of codes that refuse a second e-way bill, or one
        for a cancelled IRN: ``EWB`` (4002, 4000) or ``INV`` (2287, 2286)
    :param cancel_eway_bill_codes: the list of codes that refuse a cancellation:
        ``EWB``, the e-way bill system's (312, 315, …), or ``IRP`` (4057, 4055, …)
    :param ewb_log_in_code: the e-way bill system's code for a wrong user or password:
        ``108`` or ``107``, both were recorded
    :param ewb_error_form: the codes of the e-way bill system as ``comma`` (``"212,"``,
        recorded; a refused token without the comma, recorded too), ``plain`` (without
        it) or ``object`` (``{"errorCodes":240}``, printed on NIC's pages)
    :param ewb_info_form: ``info`` beside code 702 as ``text`` (JSON) or ``base64``
    :param ewb_empty_validity: ``validUpto`` of a Part A slip as ``null`` (recorded by a
        client of Perione in 2026) or ``empty`` text
    :param chunk_size: bytes per chunk of a response; 0 sends it whole, with its length
    :param envelope_names: members of the envelope as ``pascal`` (Status) or ``camel``
        (status): a client of the EY portal reads both
    :param info_details: ``InfoDtls`` as ``array`` or as ``text`` (its JSON)
    :param record_names: members of a taxpayer's record as ``pascal`` (NIC) or
        ``camel`` (IRIS)
    :param renamed_codes: pairs of NIC's code and this portal's for the same refusal
    :param error_status: the HTTP status of a refusal; 200 at NIC
    :param sek_form: the session key inside ``Sek`` as ``raw`` bytes or as ``base64`` of
        them: a client of the EY portal accepts both
    :param data_form: ``Data`` encrypts ``json``, or ``base64`` of it, which a demo of
        IRIS undoes in one answer
    :param names_holder: 2295 names the other IRP in ``Desc.IrnDtl.RegIrp``, unless it
        is one that the header ``irp`` reaches
    """

    status: str = "number"
    error_details: str = "array"
    codes: str = "string"
    ack_date: str = "seconds"
    info_before: tuple[Mapping[str, Any], ...] = ()
    info_after: tuple[Mapping[str, Any], ...] = ()
    jws_header: tuple[str, ...] = ("alg", "kid", "x5t", "typ")
    jws_payload: tuple[str, ...] = ("data", "iss")
    eway_bill_codes: str = "EWB"
    cancel_eway_bill_codes: str = "EWB"
    ewb_log_in_code: str = "108"
    ewb_error_form: str = "comma"
    ewb_info_form: str = "text"
    ewb_empty_validity: str = "null"
    chunk_size: int = 0
    envelope_names: str = "pascal"
    info_details: str = "array"
    record_names: str = "pascal"
    renamed_codes: tuple[tuple[str, str], ...] = ()
    error_status: int = 200
    sek_form: str = "raw"
    data_form: str = "json"
    names_holder: bool = True


@dataclass(frozen=True)
class Settings:
    """The portal's limits; the defaults are those of NIC's sandbox.

    :param token_life: life of an AuthToken (60 minutes in NIC's sandbox, 360 in
        production; NIC authentication v1.04)
    :param refresh_window: the end of that life, during which a forced refresh works
    :param retrieval_days: Get IRN returns documents of this many days (sources give 2
        or 3; the default is the stricter one)
    :param cancel_hours: an IRN can be cancelled for this long after its acknowledgement
    :param ack_prefix: the first two digits of the AckNo
    :param issuer: ``iss`` of the signed tokens
    :param schema_code: ``5002`` or ``5001`` for a request that violates the schema;
        sources disagree
    :param open_registry: a GSTIN that was never entered counts as known and active;
        False refuses it with 3028
    :param strict_registry: a GSTIN that was never entered has the type of its Get GSTIN
        record: regular, or unknown if the check digit is wrong. False accepts such a
        party with the type that the document implies
    :param turnover_crore: assumed aggregate turnover of suppliers in crore rupees: from
        10 on a document must be registered within 30 days (2305); None ignores it
    :param portal_code: ``NIC1`` or ``NIC2``: each holds its own registrations; the
        other returns them with the header ``irp``. Other IRPs have other codes
    :param irp_codes: the values of the header ``irp``; others are refused (3098)
    :param key_name: separates the keys of the portals that share a store; "" is NIC's
    :param auth_key_bits: length of the RSA key for logins (NIC: 2048)
    :param log_in_sealing: the form of a login, a name of ``sealing.SEALINGS``
    :param eway_bill_days: the maximum age of a document for an e-way bill
    :param eway_bill_cancel_hours: an e-way bill can be cancelled for this long after
        its generation
    :param ewb_token_life: life of a token of the e-way bill system (360 minutes: NIC
        E-way bill API v1.03, authentication)
    :param ewb_shares_session: the e-way bill system also accepts tokens of the
        e-invoice portal, as NIC's sandbox does; production does not
    :param ewb_log_in_limit: log-ins of a user per ``ewb_quota_period`` (five: TaxPro's
        guide); None for no limit
    :param ewb_list_limit: calls per period of the two lists for transporters that NIC
        limits (by state, by day of assignment); None for no limit
    :param ewb_other_list_limit: the same for every other list; NIC publishes the code
        (658), not the number
    :param ewb_quota_period: counted from a caller's first call
    :param ewb_portal: ``1`` or ``2``: which e-way bill portal this is; each
        numbers its own bills, and the second does not offer every service
    :param ewb_criss_cross: actions that also work for a bill of the other portal
        (NIC note on interoperable services, 18-07-2024)
    :param ewb_transporter_only: Part B is for the assigned transporter alone (636);
        False lets the generator enter it too
    :param ewb_remark_reasons: reasons for Part B that need a remark (659)
    :param ewb_irn_required: a taxpayer with a user of the e-invoice portal must make
        e-way bills for B2B and export invoices through the IRN (720)
    :param ewb_ship_to_gstin: transaction types 2 and 4 need GSTIN and trade name of the
        ship-to party, with other codes for state and PIN code (608, 857, 858,
        863), which was announced and shelved in 2026
    :param ewb_dispatch_gstin: transaction types 3 and 4 need the GSTIN of the dispatch
        party (607, which no announcement explains)
    :param ewb_schema_code: the code for what violates the schema of GENEWAYBILL where
        none is published
    :param ewb_rail_receipt: pattern of a railway receipt number (823). The railways'
        systems write P or F, station code and number; that the portal refuses others
        is not published
    :param ewb_states_without: states within which no e-way bill can be made (363)
    :param ewb_tells_after: when an e-way bill becomes known at the other portal; N24
        says within seconds
    :param ewb_pair_code: the code for supply, sub-supply and document types that do not
        go together, ``205`` or ``611``
    :param ewb_distance_code: the code for a distance 0 between PIN codes that the
        portal does not know, ``721`` or ``709``
    :param ewb_nothing_found_code: the code for an empty list, ``418`` or ``325``
    :param ewb_not_yours_code: the code for an e-way bill that the caller may not see,
        ``357`` or ``325``
    :param ewb_own_state_only: the plain list for a transporter has only the clients in
        his own state
    :param ewb_lists_today: the lists also have bills of today; False refuses them
        (366, which is in the error list; no source says for which list)
    :param ewb_cancel_from: the window for cancelling begins with ``part_b``, if that
        was entered later (728), or always with the ``generation`` (315)
    :param ewb_reject_needs_part_b: a Part A slip cannot be rejected (348, which the
        newest list no longer has)
    :param ewb_reject_hours: a rejection is possible for this long after generation
    :param ewb_extension_hours: an extension is possible for this long before and after
        the end of the validity
    :param ewb_extension_from: an extension counts from the ``moment`` or the ``expiry``
    :param ewb_extension_days: the longest life of an e-way bill, since 01-01-2025
    :param sync_limit: the records a GSTIN may sync per ``sync_period``; None for no
        limit (NIC publishes the error, not the number)
    :param sync_period: see ``sync_limit``
    :param sync_limit_code: ``3108`` or ``_3109``, both are in NIC's list
    :param block_after: the number of failed calls that blocks a client (3095) or a
        GSTIN (3096); None never blocks
    :param block_for: the duration of a block, from the last failed call
    :param max_payload: bytes of the decrypted document (NIC Generate IRN: 2 MB)
    """

    token_life: timedelta = timedelta(minutes=60)
    refresh_window: timedelta = timedelta(minutes=10)
    retrieval_days: int = 2
    cancel_hours: int = 24
    ack_prefix: str = "13"
    issuer: str = "NIC Sandbox"
    schema_code: str = "5002"
    open_registry: bool = True
    strict_registry: bool = False
    turnover_crore: int | None = None
    portal_code: str = "NIC1"
    irp_codes: tuple[str, ...] = ("NIC1", "NIC2")
    key_name: str = ""
    auth_key_bits: int = 2048
    log_in_sealing: str = "nic_v104"
    eway_bill_days: int = 180
    eway_bill_cancel_hours: int = 24
    ewb_token_life: timedelta = timedelta(minutes=360)
    ewb_shares_session: bool = True
    ewb_log_in_limit: int | None = 5
    ewb_list_limit: int | None = 50
    ewb_other_list_limit: int | None = None
    ewb_quota_period: timedelta = timedelta(minutes=15)
    ewb_portal: int = 1
    ewb_criss_cross: tuple[str, ...] = ("VEHEWB",)
    ewb_transporter_only: bool = True
    ewb_remark_reasons: tuple[str, ...] = ("1", "2", "3")
    ewb_irn_required: bool = True
    ewb_ship_to_gstin: bool = False
    ewb_dispatch_gstin: bool = False
    ewb_schema_code: str = "100"
    ewb_rail_receipt: str = "[A-Za-z0-9/-]{1,15}"
    ewb_states_without: tuple[int, ...] = ()
    ewb_tells_after: timedelta = timedelta()
    ewb_pair_code: str = "205"
    ewb_distance_code: str = "721"
    ewb_nothing_found_code: str = "418"
    ewb_not_yours_code: str = "357"
    ewb_own_state_only: bool = True
    ewb_lists_today: bool = True
    ewb_cancel_from: str = "part_b"
    ewb_reject_needs_part_b: bool = True
    ewb_reject_hours: int = 72
    ewb_extension_hours: int = 8
    ewb_extension_from: str = "moment"
    ewb_extension_days: int = 360
    sync_limit: int | None = None
    sync_period: timedelta = timedelta(days=1)
    sync_limit_code: str = "3108"
    block_after: int | None = None
    block_for: timedelta = timedelta(minutes=30)
    max_payload: int = 2 * 1024 * 1024
    dialect: Dialect = field(default_factory=Dialect)

    @property
    def max_body(self) -> int:
        """Return the size limit of a request body: base64 payload plus envelope."""
        return self.max_payload * 4 // 3 + 1024
