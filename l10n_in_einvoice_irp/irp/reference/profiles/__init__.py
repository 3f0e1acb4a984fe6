"""Portal profiles: what differs from portal to portal, as data (``data/profiles``)."""

from .environment import Environment, PortalHost
from .gateways import GatewayRefusal, refusal_by_gateway
from .holders import IRP_TITLES, irp_holding
from .profile import CONFIDENCE, Gap, Irp, KeySource, Profile, read_profile
from .published import (
    ENDPOINTS,
    ENVIRONMENTS,
    FOLDER,
    IRP_CODES,
    PROFILES,
    check_base_url,
    check_gsp_url,
    gateway_profile,
    irp_at,
    is_published_address,
    load_profiles,
    portals_at,
    related_addresses,
)
from .schema import ProfileError, check_profile
from .services import EWAYBILL_API, SERVICES, Endpoint, Service, fill
from .tables import (
    SERVICES_WITHOUT_CALL,
    ewaybill_api_table,
    offer,
    offers_table,
    portals_table,
    services_table,
)
from .wire import Field, HeaderSet, Wire

__all__ = [
    "CONFIDENCE",
    "ENDPOINTS",
    "ENVIRONMENTS",
    "EWAYBILL_API",
    "FOLDER",
    "IRP_CODES",
    "IRP_TITLES",
    "PROFILES",
    "SERVICES",
    "SERVICES_WITHOUT_CALL",
    "Endpoint",
    "Environment",
    "Field",
    "Gap",
    "GatewayRefusal",
    "HeaderSet",
    "Irp",
    "KeySource",
    "PortalHost",
    "Profile",
    "ProfileError",
    "Service",
    "Wire",
    "check_base_url",
    "check_gsp_url",
    "check_profile",
    "ewaybill_api_table",
    "fill",
    "gateway_profile",
    "irp_at",
    "irp_holding",
    "is_published_address",
    "load_profiles",
    "offer",
    "offers_table",
    "portals_at",
    "portals_table",
    "read_profile",
    "refusal_by_gateway",
    "related_addresses",
    "services_table",
]
