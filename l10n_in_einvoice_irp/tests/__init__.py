from . import test_access
from . import test_applicability
from . import test_credential
from . import test_payload
from . import test_preflight
from . import test_registration
from . import test_report
from . import test_send
