# SPDX-License-Identifier: Apache-2.0
"""Reads a mail from standard input as another mail program would; prints it as JSON."""

import email
import email.policy
import json
import sys

message = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)


def text(part):
    content = part.get_content()
    return content.replace("\r\n", "\n") if isinstance(content, str) else ""


parts = [part for part in message.walk() if not part.is_multipart()]
json.dump(
    {
        "headers": [[name, str(value)] for name, value in message.items()],
        "from": [[a.display_name, a.addr_spec] for a in message["From"].addresses],
        "to": [[a.display_name, a.addr_spec] for a in message["To"].addresses],
        "parts": [[part.get_content_type(), text(part)] for part in parts],
        "files": [
            {"name": part.get_filename(), "size": len(part.get_content())}
            for part in parts
            if part.get_content_disposition() == "attachment"
        ],
        "defects": [str(d) for part in message.walk() for d in part.defects],
    },
    sys.stdout,
)
