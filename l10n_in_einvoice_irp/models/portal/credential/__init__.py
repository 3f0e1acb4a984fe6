from . import gsp
from . import credential
from . import credential_secrets
from . import rpc_log
from . import credential_keys
from . import signing_key
from . import credential_ewaybill
from . import credential_address
