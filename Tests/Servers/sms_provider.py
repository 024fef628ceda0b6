# SPDX-License-Identifier: Apache-2.0
"""A provider of text messages with an HTTP interface, for tests; prints its port, then serves.

Keeps each request as <store>/<n>.json with method, path, headers, body and the number of its
connection. What it answers is told by the path:
  /ok      200 {"status":"accepted"}     /later   503        /never   422 {"error":"blocked"}
  /odd     200 {"status":"rejected"}     /silent  nothing    /close   ends the connection unanswered
  /once    as /ok, and ends the connection unanswered from its second request on
"""

import argparse
import http.server
import json
import pathlib
import threading


class Provider(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    store = None
    lock = threading.Lock()
    count = 0
    connections = 0

    def setup(self):
        super().setup()
        with self.lock:
            Provider.connections += 1
            self.connection_number = Provider.connections
        self.requests = 0

    def do_GET(self):
        self.take()

    def do_POST(self):
        self.take()

    def take(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.requests += 1
        self.keep(body)
        place = self.path.split("?")[0]
        if place == "/silent":
            self.rfile.read(1)
            self.close_connection = True
        elif place == "/close" or (place == "/once" and self.requests > 1):
            self.close_connection = True
        elif place == "/later":
            self.answer(503, "busy")
        elif place == "/never":
            self.answer(422, '{"error":"blocked"}')
        elif place == "/odd":
            self.answer(200, '{"status":"rejected"}')
        else:
            self.answer(200, '{"status":"accepted"}')

    def keep(self, body):
        request = {
            "method": self.command,
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": body.decode(),
            "connection": self.connection_number,
        }
        with self.lock:
            Provider.count += 1
            path = self.store / f"{Provider.count}.json"
            # Whole under its name, for who looks meanwhile.
            part = path.with_suffix(".json.part")
            part.write_text(json.dumps(request))
            part.rename(path)

    def answer(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=pathlib.Path, required=True)
    Provider.store = parser.parse_args().store
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    print(server.server_port, flush=True)
    server.serve_forever()


main()
