"""Services that a portal does not offer to programs, in words for an accountant."""

from ....irp.reference import SERVICES


def missing(env, wire, service):
    """Return that a portal does not offer a service, and what remains: two texts.

    :param wire: `irp.reference.profiles.Wire` of the portal.
    :param service: a name in `irp.reference.SERVICES`.
    """
    text = env._(
        "%(portal)s does not offer %(service)s to programs.",
        portal=wire.name,
        service=_titles(env).get(service, SERVICES[service].title),
    )
    other = env._("Use the website %s, and record the result in Odoo.", wire.website)
    return text, _remaining(env, wire.website).get(service, other)


def _titles(env):
    """Return service -> its name within a sentence."""
    return {
        "cancel_irn": env._("the cancellation of IRNs"),
        "get_irn": env._("look-ups by IRN"),
        "get_irn_by_document": env._("look-ups by document number"),
        "get_rejected_irns": env._("the list of rejected IRNs"),
        "generate_ewb": env._("e-way bills of registered invoices"),
        "get_ewb": env._("look-ups of e-way bills"),
        "cancel_ewb": env._("the cancellation of e-way bills"),
        "get_gstin": env._("GSTIN look-ups"),
        "sync_gstin": env._("the sync of GSTINs with the GST common portal"),
        "ping": env._("a health check"),
    }


def _remaining(env, website):
    """Return service -> what a person does instead."""
    return {
        "cancel_irn": env._(
            "Cancel the IRN on %s within 24 hours, download its signed JSON there and "
            "import it under e-Invoicing (India) / Import e-Invoice JSON.",
            website,
        ),
        "get_rejected_irns": env._(
            "Check on %s which IRNs the GST system rejected, then cancel the IRN or "
            "create a credit note.",
            website,
        ),
        "generate_ewb": env._(
            "Prepare the e-way bill with 'Generate with IRN' before the IRN is "
            "generated. Otherwise generate it on ewaybillgst.gov.in; an e-Invoice "
            "manager then records its number with 'Settle by Hand'."
        ),
        "get_ewb": env._(
            "Check the e-way bill on ewaybillgst.gov.in. An e-Invoice manager then "
            "records its status with 'Settle by Hand'."
        ),
        "cancel_ewb": env._(
            "Cancel it on ewaybillgst.gov.in. An e-Invoice manager then clicks 'Mark "
            "as Cancelled' here."
        ),
        "get_gstin": env._(
            "Check the GSTIN on gst.gov.in (Search Taxpayer), then enter name and "
            "address on the contact."
        ),
        "sync_gstin": env._(
            "If gst.gov.in shows the GSTIN as active, sync it on %s, then try again; "
            "otherwise ask the customer for the valid GSTIN.",
            website,
        ),
        "ping": env._(
            "Odoo notices at the next call whether it responds; to check now, click "
            "'Test Connection' in the IRP credential."
        ),
    }
