# SPDX-License-Identifier: Apache-2.0
"""Checks each DKIM signature of a mail on standard input; prints true or false for each, as JSON.

The arguments are DNS records: name, text, name, text.
"""

import json
import re
import sys

import dkim

records = dict(zip(sys.argv[1::2], sys.argv[2::2]))
mail = sys.stdin.buffer.read()


def lookup(name, timeout=5):
    text = records.get(name.decode().rstrip("."))
    return text.encode() if text else None


def verifies(checker, index):
    try:
        return bool(checker.verify(idx=index, dnsfunc=lookup))
    except dkim.DKIMException:
        return False


count = len(re.findall(rb"(?im)^DKIM-Signature:", mail))
json.dump([verifies(dkim.DKIM(mail), index) for index in range(count)], sys.stdout)
