# SPDX-License-Identifier: Apache-2.0
"""Reads a mail from standard input as another mail program would; prints it as JSON."""

import email
import email.policy
import json
import sys

message = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
parts = [part for part in message.walk() if not part.is_multipart()]
json.dump(
    {
        "headers": [[name, str(value)] for name, value in message.items()],
        "from": [[a.display_name, a.addr_spec] for a in message["From"].addresses],
        "to": [[a.display_name, a.addr_spec] for a in message["To"].addresses],
        "parts": [[part.get_content_type(), part.get_content().replace("\r\n", "\n")] for part in parts],
        "defects": [str(d) for part in message.walk() for d in part.defects],
    },
    sys.stdout,
)
