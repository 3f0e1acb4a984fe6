from . import ir_attachment
from . import mail_message
from . import direct_writes
from . import seal
from . import archives
