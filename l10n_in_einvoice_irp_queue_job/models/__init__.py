from . import document
from . import ir_cron
from . import queue_job
