import json
from dataclasses import replace
from functools import lru_cache

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ....irp.reference import (
    PROFILES,
    ProfileError,
    check_gsp_url,
    check_path_prefixes,
    gateway_profile,
    parse_address,
    read_pairs,
)
from ...guarded import GuardedModel

ADDRESSES = ("base_url", "ewb_base_url")
# what decides where calls go and how they are made
DATA = {"profile", "changes", "path_prefixes", *ADDRESSES}


@lru_cache(maxsize=64)
def effective_profile(code, title, changes, is_gsp):
    """Return a published profile with an administrator's changes.

    :param changes: text of a JSON object, or "".
    :param is_gsp: whether calls go through a GSP that has no profile.
    :raises ProfileError: the result is not sound; it names the member.
    """
    published = gateway_profile(code, title) if is_gsp else PROFILES[code]
    if not changes:
        return published
    try:
        data = json.loads(changes)
    except (ValueError, RecursionError) as error:
        raise ProfileError(title, "", f"this is not JSON: {error}") from None
    return published.override(data, origin=title)


class L10nInIrpPortal(GuardedModel, models.Model):
    """A portal, or a GSP in front of one: where calls go, and how they are made.

    The published profiles are records of the addon. A copy may change each datum, and
    name the address of a GSP that has no profile. All calls of a credential go to its
    portal, so only a system administrator makes one, whatever access rights others
    have.
    """

    _name = "l10n_in.irp.portal"
    _description = "Portal"
    _order = "sequence, name"

    name = fields.Char(
        required=True,
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
    )
    sequence = fields.Integer(default=100)
    active = fields.Boolean(default=True)
    is_published = fields.Boolean(
        string="As Published",
        readonly=True,
        copy=False,
        help="This portal came with the addon, and updates of the addon update it. "
        "Duplicate it to change its data.",
    )
    profile = fields.Selection(
        selection=[(code, one.title) for code, one in PROFILES.items()],
        string="Based On",
        required=True,
        default="nic1",
    )
    changes = fields.Text(
        string="Changed Data",
        help="A JSON object with the data of the profile that differ, such as "
        '{"services": {"sync_gstin": null}}. The documentation lists the members.',
    )
    base_url = fields.Char(
        string="Address",
        help="Only for a GSP that is not in the list: begins with https://. IRP "
        "credentials that use this GSP send their calls there.",
    )
    ewb_base_url = fields.Char(
        string="Address for e-Way Bills",
        help="Only if the GSP has a different address for the e-way bill system.",
    )
    host = fields.Char(string="Calls Go To", compute="_compute_host")
    path_prefixes = fields.Text(
        help="The GSP's path prefixes instead of the portal's, one "
        "'/published = /theirs' per line.",
    )
    confidence = fields.Char(string="What Is Known", compute="_compute_facts")
    admission = fields.Text(string="Who May Connect", compute="_compute_facts")
    gaps = fields.Text(string="To Be Filled In", compute="_compute_facts")
    credential_ids = fields.One2many(
        "l10n_in.irp.credential", "portal_id", string="IRP Credentials"
    )

    _unique_address = models.UniqueIndex(
        "(base_url)", "There is already a GSP with this address; it may be archived."
    )

    @api.depends("profile")
    def _compute_name(self):
        for portal in self:
            title = PROFILES[portal.profile].title if portal.profile else ""
            portal.name = portal.name or title

    @api.depends(*DATA)
    def _compute_host(self):
        for portal in self:
            urls = [portal[name] for name in ADDRESSES if portal[name]]
            if not urls and (profile := portal._shown_profile()):
                urls = addresses_of(profile.environments["production"])
            portal.host = ", ".join(dict.fromkeys(map(host_of, urls)))

    @api.depends(*DATA)
    def _compute_facts(self):
        for portal in self:
            profile = portal._shown_profile()
            portal.confidence = profile and profile.known_as.capitalize()
            portal.admission = profile and portal._admission_text(profile.admission)
            is_unknown = profile and not profile.wire.known
            portal.gaps = is_unknown and "\n".join(
                f"- {gap.member}: {gap.what}" for gap in profile.gaps
            )

    def _shown_profile(self):
        """Return the profile to describe on the form: the published one while the data
        that a person is entering are not sound."""
        try:
            return self.profile and self._profile()
        except ValueError:
            return PROFILES[self.profile]

    def _admission_text(self, admission):
        labels = {
            "who": self.env._("Who"),
            "addresses": self.env._("IP addresses"),
            "onboarding": self.env._("Steps"),
            "time": self.env._("Time"),
            "cost": self.env._("Cost"),
        }
        return "\n".join(
            f"{label}: {admission[name]}"
            for name, label in labels.items()
            if admission.get(name)
        )

    # ------------------------------------------------------------------
    # What it is
    # ------------------------------------------------------------------

    def _profile(self):
        """Return the `irp.reference.Profile` with this record's changes.

        :raises ValueError: they are not sound; constraints refuse that.
        """
        profile = effective_profile(
            self.profile, self.name, self.changes or "", bool(self.base_url)
        )
        prefixes = self._prefixes()
        if not prefixes:
            return profile
        environments = {
            name: replace(one, path_prefix={**one.path_prefix, **prefixes})
            for name, one in profile.environments.items()
        }
        return replace(profile, environments=environments)

    def _prefixes(self):
        """Return published path prefix -> the GSP's.

        :raises ValueError: a line is not of that form.
        """
        return read_pairs(self.path_prefixes or "", "=")

    def _addresses(self, environment):
        """Return the addresses to which calls of an environment may go."""
        if self.base_url:
            return [self[name] for name in ADDRESSES if self[name]]
        return self._published_addresses(environment)

    def _published_addresses(self, environment):
        return addresses_of(self._profile().environments[environment])

    def _default_address(self, environment):
        """Return the address that a credential calls; "" if it is not known."""
        hosts = self._profile().environments[environment].base_urls
        return self.base_url or (hosts[0].base_url if hosts else "")

    def _default_ewb_address(self, environment):
        """Return the address of the e-way bill system; "" if there is none."""
        hosts = self._profile().environments[environment].ewb_hosts
        published = hosts[0].base_url if hosts else ""
        return self.ewb_base_url or self.base_url or published

    @api.model
    def _at(self, url):
        """Return the GSP at an address, archived or not; empty if there is none."""
        portals = self.sudo().with_context(active_test=False)
        domain = ["|", ("base_url", "=", url), ("ewb_base_url", "=", url)]
        return portals.search(domain, limit=1) if url else portals.browse()

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    @api.constrains("active")
    def _check_unused(self):
        for portal in self.filtered(lambda one: not one.active):
            if users := portal._users().filtered("active"):
                raise ValidationError(
                    self.env._(
                        "Portal %(portal)s is in use by %(credentials)s. Choose "
                        "another portal there first.",
                        portal=portal.name,
                        credentials=", ".join(users.mapped("display_name")),
                    )
                )

    @api.constrains(*DATA)
    def _check_data(self):
        for portal in self:
            try:
                for name in filter(portal.__getitem__, ADDRESSES):
                    check_gsp_url(portal[name])
                check_path_prefixes(portal._prefixes())
                portal._profile()
            except ProfileError as error:
                raise ValidationError(portal._fault_text(error)) from error
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "Portal %(portal)s: %(reason)s",
                        portal=portal.name or "",
                        reason=error,
                    )
                ) from error

    def _fault_text(self, error):
        """Return which of the changed data are at fault, and why."""
        if not error.member:
            return self.env._(
                "Portal %(portal)s, Changed Data: %(fault)s",
                portal=self.name,
                fault=error.fault,
            )
        return self.env._(
            "Portal %(portal)s, Changed Data, member %(member)s: %(fault)s",
            portal=self.name,
            member=error.member,
            fault=error.fault,
        )

    # ------------------------------------------------------------------
    # Only by system administrators
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._check_administrator()
        return super().create([with_one_spelling(vals) for vals in vals_list])

    def copy_data(self, default=None):
        """Return the data of copies, each under a name that says so."""
        rows = super().copy_data(default)
        for portal, row in zip(self, rows, strict=True):
            if not (default or {}).get("name"):
                row["name"] = self.env._("%s (copy)", portal.name)
            # no two GSPs have one address
            if not (default or {}).get("base_url"):
                row["base_url"] = False
        return rows

    def write(self, vals):
        self._check_administrator()
        vals = with_one_spelling(vals)
        if DATA & vals.keys():
            self._check_unpublished()
        self._check_destination(vals)
        result = super().write(vals)
        if DATA & vals.keys():
            credentials = self._users()
            credentials._check_addresses()
            # what was refused with the old data may be accepted with the new
            credentials.write({"blocked_message": False, "ewb_blocked_message": False})
        return result

    def _check_unpublished(self):
        """Refuse to change what updates of the addon bring."""
        for portal in self.filtered("is_published"):
            if not self.env.su:
                raise UserError(
                    self.env._(
                        "%s is as published, and updates of the addon update it. "
                        "Duplicate it, change the copy, and choose the copy in the "
                        "IRP credential.",
                        portal.name,
                    )
                )

    def _check_destination(self, vals):
        """Refuse another address while credentials use it: their secrets would be sent
        to a host that they were not entered for."""
        for portal in self:
            is_moved = any(n in vals and vals[n] != portal[n] for n in ADDRESSES)
            if is_moved and (users := portal._users()):
                raise ValidationError(
                    self.env._(
                        "Portal %(portal)s is in use by %(credentials)s. Add the new "
                        "address as another portal, choose it there, and enter the "
                        "secrets again.",
                        portal=portal.name,
                        credentials=", ".join(users.mapped("display_name")),
                    )
                )

    def _users(self):
        """Return all credentials with these portals: other companies' and archived ones
        have secrets as well."""
        credentials = self.env["l10n_in.irp.credential"].sudo()
        every = credentials.with_context(active_test=False)
        return every.search([("portal_id", "in", self.ids)])

    @api.ondelete(at_uninstall=False)
    def _unlink_except_by_administrator(self):
        self._check_administrator()
        self._check_unpublished()

    def _check_administrator(self):
        """Refuse others: granted access rights are not enough.

        :raises AccessError: the user is no system administrator.
        """
        if not self.env.su and not self.env.user._is_system():
            raise AccessError(
                self.env._(
                    "Only a system administrator (Administration: Settings) can add or "
                    "change a portal, because all e-Invoices of a credential go there."
                )
            )


def with_one_spelling(vals):
    """Return values with each address in its one spelling; constraints refuse what has
    none."""
    given = [name for name in ADDRESSES if name in vals]
    return {**vals, **{name: one_spelling(vals[name]) for name in given}}


def one_spelling(url):
    """Return an address as all comparisons and calls use it.

    What is none stays as it is, for a constraint to say why, but for a NUL, which
    PostgreSQL does not take.
    """
    try:
        return parse_address(url or "").url
    except ValueError:
        return url and url.replace("\0", "\N{REPLACEMENT CHARACTER}")


def addresses_of(environment):
    """Return the addresses of an `irp.reference.Environment`."""
    return [host.base_url for host in hosts_of(environment)]


def hosts_of(environment):
    """Return the hosts of an `irp.reference.Environment`, of both systems."""
    return (*environment.base_urls, *environment.ewb_hosts)


def host_of(url):
    """Return the host, and the port if it is not the usual one, that a URL calls."""
    try:
        return parse_address(url or "").origin.partition("://")[2]
    except ValueError:
        return ""
