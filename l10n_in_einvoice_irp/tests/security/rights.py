"""Who may do what with the addon's models, methods and fields, each with its reason.

The attack tests find every model, public method and field in the registry, and try
them as every role. What is not allowed here has to be refused, or to change and show
nothing. A test fails for what is missing here: add it with the roles that need it, and
a reason, or make the method private (``_name`` or ``@api.private``).

Records are those of one company, and its dialogs were opened by the accountant.
"""

from typing import NamedTuple

# the customer of the invoice, with access to the customer portal
PORTAL = "portal"
EMPLOYEE = "employee"
AUDITOR = "auditor"
ACCOUNTANT = "accountant"
# administers accounting and Odoo
ADMINISTRATOR = "administrator"
# the same in another company: may do nothing with these records
STRANGER = "stranger"
ROLES = {
    PORTAL: "base.group_portal",
    EMPLOYEE: "base.group_user",
    AUDITOR: "base.group_user,account.group_account_readonly",
    ACCOUNTANT: "base.group_user,account.group_account_invoice",
    ADMINISTRATOR: "base.group_system,account.group_account_manager",
    STRANGER: "base.group_system,account.group_account_manager",
}
NOBODY = frozenset[str]()
SYSTEM = frozenset({ADMINISTRATOR})
OWNER = frozenset({ACCOUNTANT})
BOOKKEEPERS = frozenset({ACCOUNTANT, ADMINISTRATOR})
# of settings that all companies share
ADMINISTRATORS = frozenset({ADMINISTRATOR, STRANGER})
READERS = BOOKKEEPERS | {AUDITOR}
STAFF = READERS | {EMPLOYEE}
CUSTOMERS = STAFF | {PORTAL}


class Rights(NamedTuple):
    """The roles that may read, create, change and delete records of a model."""

    reason: str
    read: frozenset[str] = NOBODY
    create: frozenset[str] = NOBODY
    write: frozenset[str] = NOBODY
    unlink: frozenset[str] = NOBODY


class Door(NamedTuple):
    """The roles for which a method may change or show something."""

    reason: str
    roles: frozenset[str] = BOOKKEEPERS


SERVICE = Rights("a service without records")
CODE_ONLY = Rights("filled in by the queue and the portal alone", READERS)
# others open the same dialog, and see only their own
DIALOG = Rights("a dialog of Invoicing users", OWNER, BOOKKEEPERS, OWNER)
RESULT = Rights("a dialog that only shows something", OWNER, BOOKKEEPERS)
CHECK = Rights("checks are for all who read invoices", OWNER, READERS)

MODELS = {
    "l10n_in.irp.document": CODE_ONLY,
    "l10n_in.irp.log": CODE_ONLY,
    "l10n_in.irp.seal": CODE_ONLY,
    "l10n_in.irp.health": CODE_ONLY,
    "l10n_in.irp.circuit.breaker": CODE_ONLY,
    "l10n_in.irp.taxpayer": CODE_ONLY,
    "l10n_in.irp.session": Rights("for administrators of Odoo, without token", SYSTEM),
    "l10n_in.irp.tally": Rights("counts of calls, which the metrics alone read"),
    "l10n_in.irp.credential": Rights("administrators of Odoo enter it", *[SYSTEM] * 4),
    "l10n_in.irp.portal": Rights(
        "all companies share the portals, which administrators of Odoo enter",
        *[ADMINISTRATORS] * 4,
    ),
    "l10n_in.irp.signing.key": Rights("administrators of Odoo add it", *[SYSTEM] * 4),
    "l10n_in.irp.ewaybill": Rights(
        "Invoicing users fill in the transport of a draft",
        READERS,
        write=BOOKKEEPERS,
        unlink=BOOKKEEPERS,
    ),
    "l10n_in.irp.ewaybill.line": Rights(
        "Invoicing users state the values of goods on a draft",
        READERS,
        write=BOOKKEEPERS,
    ),
    "l10n_in.irp.ewaybill.step": CODE_ONLY,
    "l10n_in.irp.ewaybill.change": DIALOG,
    "l10n_in.irp.ewaybill.fetch": DIALOG,
    "l10n_in.irp.ewaybill.trip.sheet": RESULT,
    "l10n_in.irp.ewaybill.number": Rights(
        "a manager's word", create=SYSTEM, write=SYSTEM
    ),
    "l10n_in.irp.ewaybill.match": DIALOG,
    "l10n_in.irp.ewaybill.import": Rights(
        "a manager's dialog", create=SYSTEM, write=SYSTEM
    ),
    "l10n_in.irp.ewaybill.import.line": Rights("what a file contained"),
    "l10n_in.irp.supporting.document": Rights(
        "Invoicing users add the documents that an e-invoice names",
        READERS,
        *[BOOKKEEPERS] * 3,
    ),
    "l10n_in.irp.error.code": Rights(
        "the published list of codes, which belongs to no company",
        READERS | {STRANGER},
    ),
    "l10n_in.irp.submission.mixin": SERVICE,
    "l10n_in.irp.cancel.window": SERVICE,
    "l10n_in.irp.payload": SERVICE,
    "l10n_in.irp.validator": SERVICE,
    "l10n_in.irp.check": CHECK,
    "l10n_in.irp.check.line": CHECK,
    "l10n_in.irp.preview": CHECK,
    "l10n_in.irp.cancel": DIALOG,
    "l10n_in.irp.ewaybill.cancel": DIALOG,
    "l10n_in.irp.settle": Rights("a manager's word", create=SYSTEM, write=SYSTEM),
    "l10n_in.irp.repair": DIALOG,
    "l10n_in.irp.repair.line": DIALOG,
    "l10n_in.irp.fetch": DIALOG,
    "l10n_in.irp.bulk.export": DIALOG,
    "l10n_in.irp.bulk": DIALOG,
    "l10n_in.irp.bulk.line": RESULT,
    "l10n_in.irp.import": Rights("a manager's dialog", create=SYSTEM, write=SYSTEM),
    "l10n_in.irp.import.line": Rights("a manager's dialog", create=SYSTEM),
    "l10n_in.irp.key.import": Rights(
        "administrators of Odoo add signing keys", create=SYSTEM, write=SYSTEM
    ),
    "l10n_in.irp.guide": DIALOG,
    "l10n_in.irp.difference": RESULT,
    "l10n_in.irp.gstin.review": DIALOG,
    "l10n_in.irp.gstin.review.line": DIALOG,
    "l10n_in.irp.gstin.check": DIALOG,
    "l10n_in.irp.gstin.check.line": RESULT,
    "l10n_in.irp.compare": DIALOG,
    "l10n_in.irp.compare.line": RESULT,
    "l10n_in.irp.month.end": Rights(
        "checks are for all who read invoices", OWNER, READERS, OWNER
    ),
    "l10n_in.irp.month.end.line": CHECK,
}

OPENS = Door("opens a record; shows nothing of it", NOBODY)
SUBMISSION = {
    "action_process": Door("registers, or looks up, now"),
    "action_open_error_record": OPENS,
    "action_settle": Door("opens the dialog of a manager's word", SYSTEM),
}
# model -> public method of ours, or one of Odoo's that we extend
METHODS = {
    "ir.qweb.field.monetary": {
        "value_to_html": Door("formats an amount that the caller has", NOBODY),
    },
    "account.move": {
        "action_l10n_in_irp_register": Door("registers the invoice"),
        "action_l10n_in_irp_repair": Door("opens the dialog that corrects it"),
        "action_l10n_in_irp_refresh": Door("looks up the missing answer"),
        "action_l10n_in_irp_cancel_move": Door("cancels it as its IRN is cancelled"),
        "action_l10n_in_irp_duplicate": Door("copies the invoice, without its IRN"),
        "action_l10n_in_irp_settle": Door("opens the dialog", SYSTEM),
        "action_l10n_in_irp_not_uploaded": Door("a manager's word", SYSTEM),
        "action_l10n_in_irp_import_again": Door("imports a waiting file", SYSTEM),
        "action_l10n_in_irp_credit_note": Door("opens Odoo's dialog"),
        "action_l10n_in_irp_register_rest": Door("queues what is not registered"),
        "action_l10n_in_irp_ewaybill": Door("prepares an e-way bill"),
        "action_l10n_in_irp_ewaybills": OPENS,
        "action_l10n_in_irp_movement": Door("prepares an e-way bill without IRN"),
        "action_l10n_in_irp_download": OPENS,
        "action_l10n_in_irp_open": OPENS,
        "button_draft": Door("refused while the portal holds the invoice"),
        "button_request_cancel": Door("opens the dialog for cancelling"),
    },
    "res.partner": {
        "action_l10n_in_irp_get": Door("looks the GSTIN up for one's own company"),
        "action_l10n_in_irp_sync": Door("looks the GSTIN up for one's own company"),
        "l10n_in_irp_look_up": Door("looks the GSTIN up for one's own company"),
        "action_l10n_in_irp_records": OPENS,
        "action_l10n_in_verify_gstin_status": Door("looks the GSTIN up"),
    },
    "account.journal": {"action_l10n_in_irp_ewaybills": OPENS},
    "l10n_in.irp.seal": {
        "action_verify": Door("compares evidence with its seals", SYSTEM),
    },
    "ir.attachment": {
        "generate_access_token": Door("a token for who may write the attachment"),
    },
    "res.config.settings": {
        "action_l10n_in_irp_check_health": Door("calls one's own portal", SYSTEM),
        "action_l10n_in_irp_credentials": OPENS,
        "action_l10n_in_irp_backlog": OPENS,
        "action_l10n_in_irp_guide": Door("opens the set-up guide", SYSTEM),
        "action_l10n_in_irp_metrics_token": Door(
            "all companies share the token of the metrics", ADMINISTRATORS
        ),
        "action_l10n_in_irp_metrics_revoke": Door(
            "all companies share the token of the metrics", ADMINISTRATORS
        ),
    },
    "l10n_in.irp.submission.mixin": dict.fromkeys(SUBMISSION, OPENS),
    "l10n_in.irp.document": SUBMISSION,
    "l10n_in.irp.ewaybill": {
        **SUBMISSION,
        "action_generate": Door("makes the e-way bill at the portal"),
        "action_refresh": Door("looks the e-way bill up"),
        "action_cancel": Door("opens the dialog for cancelling"),
        "action_fetch": Door("looks the e-way bill up by its number"),
        "action_part_b": Door("opens the dialog for another vehicle"),
        "action_transporter": Door("opens the dialog for another transporter"),
        "action_extend": Door("opens the dialog for an extension"),
        "action_lorry": Door("opens the dialog for one vehicle of several"),
        "action_reject": Door("rejects what another party has made"),
        "action_several_vehicles": Door("opens the dialog for several vehicles"),
        "action_add_vehicle": Door("opens the dialog for a vehicle of a group"),
        "action_regenerate": Door("opens the dialog for a new consolidated number"),
        "action_trip_sheet": Door("fetches its consolidated e-way bill"),
        "action_match": Door("links the document of its number and party"),
        "action_reset_goods": Door("returns to the values of the document"),
        "action_choose_document": Door("opens the dialog that links a document"),
        "action_unmatch": Door("removes the document of what was made elsewhere"),
        "action_bulk_json": Door("opens the dialog of the file for the website"),
        "action_not_uploaded": Door("a manager's word", SYSTEM),
    },
    "l10n_in.irp.ewaybill.step": {
        **SUBMISSION,
        "action_discard": Door("drops a change that was not sent"),
        "action_change_vehicle": Door("opens the dialog for another vehicle"),
        "action_settle_done": Door("a manager's word", SYSTEM),
        "action_settle_undone": Door("a manager's word", SYSTEM),
    },
    "l10n_in.irp.ewaybill.change": {
        "action_send": Door("changes the e-way bill at the portal", OWNER),
        "action_check_transporter": Door("looks the transporter ID up", OWNER),
    },
    "l10n_in.irp.ewaybill.number": {
        "action_record": Door("records a manager's word", SYSTEM),
    },
    "l10n_in.irp.ewaybill.fetch": {
        "action_fetch": Door("takes over what the portal has", OWNER),
    },
    "l10n_in.irp.ewaybill.match": {
        "action_link": Door("links a document with what was made elsewhere", OWNER),
    },
    "l10n_in.irp.ewaybill.import": {
        "action_import": Door("applies the results of a bulk upload", SYSTEM),
        "action_record": Door("records a manager's word", SYSTEM),
    },
    "l10n_in.irp.circuit.breaker": {"action_resume": Door("ends a pause of calls")},
    "l10n_in.irp.health": {"action_check": Door("calls the portals", SYSTEM)},
    "l10n_in.irp.credential": {
        "action_test_connection": Door("logs in", SYSTEM),
        "action_make_main": Door("lets another portal register", SYSTEM),
        "action_remove_extra_headers": Door("removes a secret", SYSTEM),
        "action_add_keys": Door("opens the dialog for signing keys", SYSTEM),
        "action_fetch_keys": Door("downloads keys, and adds none", SYSTEM),
        "action_confirm_original": Door("confirms the database", ADMINISTRATORS),
    },
    "l10n_in.irp.cancel": {
        "action_cancel": Door("cancels the IRN", OWNER),
        "action_ewaybill": Door("opens the e-way bill's cancellation", OWNER),
        "action_credit_note": Door("opens Odoo's dialog", OWNER),
    },
    "l10n_in.irp.ewaybill.cancel": {
        "action_cancel": Door("cancels the e-way bill", OWNER),
        "action_record": Door("records a cancellation, after a look-up", SYSTEM),
    },
    "l10n_in.irp.settle": {"action_settle": Door("records a manager's word", SYSTEM)},
    "l10n_in.irp.check": {"action_preview": Door("shows the document", OWNER)},
    "l10n_in.irp.check.line": {
        "action_open": OPENS,
        "action_register_ready": Door("queues the invoices that are ready", OWNER),
    },
    "l10n_in.irp.preview": {
        "action_download": OPENS,
        "action_check": Door("checks the invoice", OWNER),
    },
    "l10n_in.irp.repair": {"action_apply": Door("corrects data", OWNER)},
    "l10n_in.irp.fetch": {"action_fetch": Door("looks the invoice up", OWNER)},
    "l10n_in.irp.bulk.export": {
        "action_export": Door("marks invoices as exported", OWNER),
        "action_download": OPENS,
    },
    "l10n_in.irp.bulk": {
        "action_refresh": Door("shows what became of the invoices", OWNER),
        "action_cancel": Door("queues the cancellations", OWNER),
        "action_retry": Door("queues the failed invoices again", OWNER),
        "action_print_ready": OPENS,
        "action_print_all": OPENS,
        "action_open_done": OPENS,
        "action_open_waiting": OPENS,
        "action_open_failed": OPENS,
        "action_open_left_out": OPENS,
        "action_open_registrations": OPENS,
    },
    "l10n_in.irp.bulk.line": {
        "action_open_moves": OPENS,
        "action_open_record": OPENS,
    },
    "l10n_in.irp.import": {
        "action_import": Door("adopts what is signed", SYSTEM),
        "action_accept_retired": Door("adopts what a retired key signed", SYSTEM),
    },
    "l10n_in.irp.import.line": {
        "action_look_up": Door("looks up whether the IRN is cancelled", SYSTEM),
    },
    "l10n_in.irp.key.import": {
        "action_read": Door("reads files with signing keys", SYSTEM),
        "action_add": Door("adds signing keys", SYSTEM),
    },
    "l10n_in.irp.compare": {
        "action_compare": Door("looks a period up", OWNER),
        "action_list": Door("opens the differences", OWNER),
    },
    "l10n_in.irp.compare.line": {
        "action_open": Door("opens the invoice", OWNER),
        "action_fetch": Door("takes over what the portal has", OWNER),
        "action_register": Door("registers the invoice", OWNER),
        "action_cancel": Door("opens the cancellation of the invoices", OWNER),
    },
    "l10n_in.irp.month.end": {
        "action_check": Door("checks a month", OWNER),
        "action_show": Door("opens the documents", OWNER),
        "action_print": Door("prints the check", OWNER),
        "action_download": Door("downloads the check", OWNER),
    },
    "l10n_in.irp.month.end.line": {
        "action_open": Door("opens the invoice", OWNER),
        "action_register": Door("registers the invoice", OWNER),
    },
    "l10n_in.irp.guide": {
        **dict.fromkeys(
            (
                *("action_save", "action_credential", "action_credentials"),
                *("action_add_keys", "action_fetch_keys", "action_test"),
                "action_finish",
            ),
            Door("for administrators, in their own guide", NOBODY),
        ),
        "action_backlog": OPENS,
        "action_new_invoice": OPENS,
    },
    "l10n_in.irp.gstin.review": {"action_apply": Door("writes the partner", OWNER)},
    "l10n_in.irp.gstin.check": {
        "action_check": Door("looks GSTINs up", OWNER),
        "action_continue": Door("looks GSTINs up", OWNER),
        "action_download": OPENS,
    },
}
