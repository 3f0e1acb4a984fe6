"""The worker's process of `bin/bench volume` and of the tests at volume.

Called with the worker's arguments; its commands measure what `volume.paths` names.
"""

import worker_main
from volume import measure, paths, rows

ACCOUNTANT = ("account.group_account_invoice", "account.group_account_readonly")
# none of these may be read from end to end
LARGE = (
    rows.MOVE,
    rows.LINE,
    rows.DOCUMENT,
    rows.LOG,
    rows.EWAYBILL,
    "ir_attachment",
)


def sell(env, company: int, buyer: int, product: int) -> int:
    """Post an invoice of one line; return its id. Needs nothing of the addon."""
    move = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "company_id": company,
            "partner_id": buyer,
            "invoice_line_ids": [(0, 0, {"product_id": product, "quantity": 2})],
        }
    )
    move.action_post()
    return move.id


def register(env, invoice: int) -> str:
    """Register an invoice with the built-in portal; return its status."""
    move = env["account.move"].browse(invoice)
    move.company_id.write(
        {
            "l10n_in_irp_enabled": True,
            "l10n_in_irp_environment": "demo",
            "l10n_in_irp_register_from": False,
        }
    )
    move._l10n_in_irp_register()
    return move.l10n_in_irp_status


def copy_invoices(env, invoice: int, count: int, branches: int = 19) -> None:
    rows.copy_invoices(env, invoice, count, branches)


def copy_registration(env, invoice: int) -> None:
    rows.copy_registration(env, invoice)


def vacuum(env, whole: bool = False) -> None:
    rows.vacuum(env, whole=whole)


def sample(env, invoice: int) -> list:
    """Return a `paths.Sample` for the copies of an invoice."""
    company = env["account.move"].browse(invoice).company_id
    companies = company | company.child_ids
    user = env["res.users"].create(
        {
            "name": "Anita, accountant",
            "login": "volume",
            "company_id": company.id,
            "company_ids": [(6, 0, companies.ids)],
            "group_ids": [(6, 0, [env.ref(name).id for name in ACCOUNTANT])],
        }
    )
    document = env["l10n_in.irp.document"].search(
        [("state", "=", "registered"), ("environment", "=", "production")], limit=1
    )
    journal = env["account.move"].browse(invoice).journal_id
    typed = document.read(["number", "irn", "ack_number", "gstin"])[0]
    return [user.id, company.id, companies.ids, journal.id, typed]


def times(env, sample: list, kind: str) -> dict[str, float]:
    """Return name -> milliseconds of database time.

    :param kind: "paths" or "groups".
    """
    chosen = getattr(paths, kind)(env, paths.Sample(*sample))
    return {name: measure.database_time(env, work) for name, work in chosen.items()}


def scans(env, sample: list, names: list[str] | None = None) -> dict[str, list[str]]:
    """Return name of a path -> its queries that read a large table as a whole.

    :param names: of the paths to try; None: all.
    """
    chosen = paths.paths(env, paths.Sample(*sample))
    chosen = {name: chosen[name] for name in names or chosen}
    found = {
        name: measure.sequential_scans(env, work, LARGE)
        for name, work in chosen.items()
    }
    return {name: queries for name, queries in found.items() if queries}


COMMANDS = (
    sell,
    register,
    copy_invoices,
    copy_registration,
    vacuum,
    sample,
    times,
    scans,
)
worker_main.COMMANDS.update({command.__name__: command for command in COMMANDS})

if __name__ == "__main__":
    worker_main.main()
