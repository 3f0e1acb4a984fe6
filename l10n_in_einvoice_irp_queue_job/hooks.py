from odoo.addons.l10n_in_einvoice_irp.models import wakeup

from .models import engine


def uninstall_hook(env):
    """Cancel waiting jobs, and leave what they were for to the scheduled actions."""
    engine.waiting_jobs(env).button_cancelled()
    env.ref(wakeup.CRON)._trigger()
