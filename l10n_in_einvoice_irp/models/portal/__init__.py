from . import credential
from . import circuit_breaker
from . import session
from . import signing_key
from . import credential_ewaybill
from . import log
from . import health
from . import res_company
