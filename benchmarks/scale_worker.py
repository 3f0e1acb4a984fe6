"""The worker's process of ``bin/bench scale``; it prepares, and never works the queue.

It adds commands to that of ``bin/bench queue``.
"""

import invoicing
import queue_worker
from processes import worker_main
from processes.worker_main import COMMANDS

QUEUE = "l10n_in_einvoice_irp.ir_cron_irp_queue"


def set_up_group(env, gstins: list[str]) -> list[int]:
    """Create the seller with a branch for each further GSTIN.

    The branches share chart of accounts, buyers and products. All register in the
    sandbox on posting.

    :param gstins: the seller's, then the branches'.
    :return: the ids of the companies.
    """
    others = env["ir.cron"].search([("id", "!=", env.ref(QUEUE).id)])
    others.active = False
    invoicing.set_up(env)
    companies = invoicing.company_of(env)
    companies += invoicing.branches(env, companies, gstins[1:])
    companies.write(queue_worker.ADDON)
    return companies.ids


def wake(env) -> None:
    """Have the queue work off what is due, as after a posting."""
    from odoo.addons.l10n_in_einvoice_irp.models import wakeup

    wakeup.schedule(env)


def standing(env, companies: list[int]) -> tuple[list[str], int]:
    """Return the first invoices that the queue has given up, and how many are done.

    Done is what has its IRN and is followed up.

    :param companies: ids of the companies to count.
    """
    env.cr.execute(
        "SELECT (array_agg(number || ': ' || error) FILTER"
        "  (WHERE state NOT IN ('to_register', 'sending', 'unknown', 'registered'))"
        " )[:3], count(*) FILTER (WHERE state = 'registered' AND worker = 0)"
        "  FROM l10n_in_irp_document WHERE company_id = ANY(%s)",
        [companies],
    )
    return env.cr.fetchone()


COMMANDS.update(
    {command.__name__: command for command in (set_up_group, wake, standing)}
)

if __name__ == "__main__":
    worker_main.main()
