from . import rpc_log
