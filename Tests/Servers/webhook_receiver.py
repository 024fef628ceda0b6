# SPDX-License-Identifier: Apache-2.0
"""A receiver of webhooks for tests, on a port the system picks; prints the port, then serves.

Keeps each request as <store>/<n>.json with its path, headers, body, and whether its signature is
right (Standard Webhooks, by Python's own hmac) for the secret in <store>/secret.
What it answers is told by the path:
  /ok          200                     /fail/<n>    500 to the first n requests of the path, then 204
  /gone        410                     /moved       302 to /ok
  /silent      nothing, ever           /long        200 and a body that does not end
"""

import argparse
import base64
import hashlib
import hmac
import http.server
import json
import pathlib
import threading


def is_signed(secret, headers, body):
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    wanted = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return headers["webhook-signature"] == f"v1,{wanted}"


class Receiver(http.server.BaseHTTPRequestHandler):
    store = None
    lock = threading.Lock()
    count = 0
    failures = {}

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.keep(body)
        place = self.path.split("?")[0]
        if place == "/silent":
            self.rfile.read(1)
            self.close_connection = True
        elif place == "/gone":
            self.answer(410)
        elif place == "/moved":
            self.answer(302, [("Location", "/ok")])
        elif place == "/long":
            self.endless()
        elif place.startswith("/fail/"):
            with self.lock:
                failed = Receiver.failures[place] = Receiver.failures.get(place, 0) + 1
            self.answer(500 if failed <= int(place.split("/")[2]) else 204)
        else:
            self.answer(200)

    def keep(self, body):
        secret = (self.store / "secret").read_text()
        request = {
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": body.decode(),
            "isSigned": is_signed(secret, self.headers, body),
        }
        with self.lock:
            Receiver.count += 1
            path = self.store / f"{Receiver.count}.json"
            # Whole under its name, for who looks meanwhile.
            part = path.with_suffix(".json.part")
            part.write_text(json.dumps(request))
            part.rename(path)

    def answer(self, status, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def endless(self):
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        try:
            while True:
                self.wfile.write(b"x" * 65536)
        except OSError:
            pass

    def log_message(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=pathlib.Path, required=True)
    Receiver.store = parser.parse_args().store
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    print(server.server_port, flush=True)
    server.serve_forever()


main()
