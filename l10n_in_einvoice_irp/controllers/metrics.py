import logging

from prometheus_client import CONTENT_TYPE_LATEST

from odoo import SUPERUSER_ID, http
from odoo.http import request

from ..models.metrics import token
from ..models.metrics.exposition import Exposition
from ..models.metrics.res_config_settings import PATH

_logger = logging.getLogger(__name__)

SCHEME = "Bearer "


class Metrics(http.Controller):
    """The address that Prometheus reads."""

    # not `readonly=True`, which may mean a replica: it knows no locks of the lanes
    @http.route(PATH, type="http", auth="none", methods=["GET"], save_session=False)
    def l10n_in_irp_metrics(self):
        """Return the metrics of this database to who has the token.

        Not found until an administrator generates one. It is accepted in the header
        Authorization alone: addresses are logged.
        """
        env = request.env(user=SUPERUSER_ID, su=True)
        if not token.is_set(env):
            raise request.not_found()
        given = request.httprequest.headers.get("Authorization", "")
        if not (given.startswith(SCHEME) and token.is_valid(env, given[len(SCHEME) :])):
            return self._refuse()
        headers = {"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"}
        text = Exposition.of(env.registry).text(env)
        return request.make_response(text, list(headers.items()))

    def _refuse(self):
        # for those who count failures by address, as of Odoo's login
        _logger.info("metrics refused to %s", request.httprequest.remote_addr)
        headers = {"WWW-Authenticate": "Bearer", "Cache-Control": "no-store"}
        return request.make_response("", list(headers.items()), status=401)
