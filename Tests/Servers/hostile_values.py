# SPDX-License-Identifier: Apache-2.0
"""Puts values that some engine or library cannot hold into every place of the API's document.

    hostile_values.py PORT TOKEN IDS

Every place of every example of a body, every parameter, every number of a path. Prints each answer
that is a fault of the server or that the document does not have; the last line is the verdict.
"""

import copy
import http.client
import json
import sys

port, token, ids = int(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])

# JSON as it is sent; some of it is none.
VALUES = [
    "null", "true", "-1", "0", "1.5", "1e400", "9223372036854775807", "-9223372036854775808",
    "9223372036854775808", "99999999999999999999999999", "1099511627776", "253402300799.999999",
    "253402300800", "-62135596801", "8589934592", '""', '" "', '"a\\u0000b"', '"\\ud800"', '"%00"',
    '"\' OR 1=1 --"', '"0001-01-01"', '"99999-12-31"', "[]", "{}", "[null]", '{"a":1}',
    '"' + "\u00e9" * 70_000 + '"', "[" * 400 + "]" * 400,
]
TEXTS = [
    "", "%00", "%FF", "-1", "9223372036854775807", "9223372036854775808", "1e400", "nan", "%25", "'",
    "253402300799.999999", "-62135596800", "253402300800", "%F0%9F%92%A5", "x" * 20_000,
]
MARKER = "here-it-goes"

connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
faults = calls = 0


def call(method, path, body=None):
    headers = {"Authorization": "Bearer " + token, "Content-Type": "application/json"}
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


def places(value):
    """The ways to every value inside."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []
    for name, part in inside:
        yield [name]
        yield from ([name] + rest for rest in places(part))


def put(value, place, other):
    whole = copy.deepcopy(value)
    part = whole
    for name in place[:-1]:
        part = part[name]
    part[place[-1]] = other
    return whole


def attempt(operation, method, path, body, what):
    global faults, calls
    calls += 1
    status, text = call(method, path, body)
    if status < 500 and str(status) in operation["responses"]:
        return
    faults += 1
    if faults <= 60:
        print(method, path[:120], what, status, text[:200].decode("utf-8", "replace"))


def number(template):
    return str(ids["known"].get(template.split("/")[1], [1])[0])


def whole(template, value):
    return "/v1" + template.replace("{id}", value).replace("{bulk_id}", value).replace(
        "{import_id}", "crm-2026-11-22"
    )


document = json.loads(call("GET", "/v1/openapi.json")[1])
operations = [
    (template, method.upper(), operation)
    for template, methods in document["paths"].items()
    for method, operation in methods.items()
]
for template, method, operation in operations:
    path = whole(template, number(template))
    example = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
    for place in places(example):
        body = json.dumps(put(example, place, MARKER), ensure_ascii=False)
        for value in VALUES:
            sent = body.replace(f'"{MARKER}"', value).encode()
            attempt(operation, method, path, sent, f"{place} = {value[:40]}")
for template, method, operation in operations:
    if method not in ("GET", "HEAD"):
        continue
    for parameter in operation.get("parameters", []):
        for value in TEXTS:
            if parameter["in"] == "query":
                path = f"{whole(template, number(template))}?{parameter['name']}={value}"
            else:
                path = whole(template, value or "0")
            attempt(operation, method, path, None, "")
print(f"{calls} calls, {faults} faults")
print(f"exit {1 if faults or calls < 1000 else 0}", flush=True)
