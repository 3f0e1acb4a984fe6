"""The rights of e-invoicing, which methods check as well as the views' groups."""

from odoo.exceptions import AccessError

USER = "l10n_in_einvoice_irp.group_user"
MANAGER = "l10n_in_einvoice_irp.group_manager"
READERS = f"{USER},account.group_account_readonly"


def check_user(env):
    """Refuse users who do not work with e-invoices.

    :raises AccessError: the user does not.
    """
    if not env.user.has_group(USER):
        raise AccessError(
            env._(
                "Only users with the access right 'e-Invoice (India): User' can do "
                "this. Ask your administrator for it."
            )
        )


def check_manager(env):
    """Refuse users who do not manage e-invoicing.

    :raises AccessError: the user does not.
    """
    if not env.user.has_group(MANAGER):
        raise AccessError(
            env._(
                "Only users with the access right 'e-Invoice (India): Manager' can do "
                "this. Ask one of them."
            )
        )
