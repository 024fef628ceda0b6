# SPDX-License-Identifier: Apache-2.0
"""An FTP server with TLS that knows no MLSD, as some still do; for file_server.py.

  plain_ftps.py FOLDER PORT FIRST LAST
"""

import sys

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import TLS_FTPHandler
from pyftpdlib.servers import FTPServer

folder, port, first, last = sys.argv[1:]
authorizer = DummyAuthorizer()
authorizer.add_user("feed", "secret99", f"{folder}/root", perm="elradfmwMT")


class Handler(TLS_FTPHandler):
    certfile = f"{folder}/server.both"
    tls_control_required = True
    tls_data_required = True
    passive_ports = range(int(first), int(last) + 1)
    proto_cmds = {name: value for name, value in TLS_FTPHandler.proto_cmds.items()
                  if name not in ("MLSD", "MLST")}


Handler.authorizer = authorizer
FTPServer(("127.0.0.1", int(port)), Handler).serve_forever()
