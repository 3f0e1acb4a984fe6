from . import secrets
from . import credential
from . import circuit_breaker
from . import session
from . import log
from . import health
from . import res_company
from . import seal
