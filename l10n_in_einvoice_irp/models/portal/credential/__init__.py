from . import portal
from . import credential
from . import credential_secrets
from . import credential_fields
from . import credential_keys
from . import signing_key
from . import credential_ewaybill
from . import credential_address
