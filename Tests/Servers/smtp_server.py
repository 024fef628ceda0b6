# SPDX-License-Identifier: Apache-2.0
"""A real SMTP server for tests, on a port the system picks; prints the port, then serves.

Stores each accepted mail as <store>/<n>.eml and its envelope as <store>/<n>.json.
What it does to a mail is told by how the recipient's address starts:
  later-    refused for now at RCPT       never-    refused for good at RCPT
  busy-     refused for now after DATA    unwanted- refused for good after DATA
  cut-      connection cut while the content is sent
  silent-   connection cut after the content, without a reply
A sender that starts with refused- is refused at MAIL FROM.
With --chaos SEED all that happens by chance instead, and the accepted recipients stand in
<store>/accepted.log, one a line, each with the Message-ID of its mail.
"""

import argparse
import asyncio
import json
import pathlib
import random
import socket

from aiosmtpd.smtp import SMTP, AuthResult

RECIPIENT_REPLIES = {"later-": "451 4.2.1 Try later", "never-": "550 5.1.1 No such user"}
CONTENT_REPLIES = {"busy-": "452 4.3.1 Full for now", "unwanted-": "554 5.7.1 Not wanted"}


def reply_for(address, replies):
    return next((reply for start, reply in replies.items() if address.startswith(start)), None)


class Handler:
    def __init__(self, store):
        self.store = pathlib.Path(store)
        self.count = 0
        self.refused = set()
        self.chance = None
        self.log = None

    def go_wild(self, seed):
        self.chance = random.Random(seed)
        self.log = (self.store / "accepted.log").open("a", buffering=1)

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        offers = ["250-PIPELINING"] if server.options.pipelining else []
        return responses[:1] + offers + responses[1:]

    async def handle_MAIL(self, server, session, envelope, address, options):
        if address.startswith("refused-"):
            return "550 5.7.1 Sender refused"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        refusal = reply_for(address, RECIPIENT_REPLIES)
        if self.chance:
            place = self.chance.random()
            refusal = "451 4.2.1 Try later" if place < 0.02 else refusal
            refusal = "550 5.1.1 No such user" if 0.02 <= place < 0.03 else refusal
        if server.options.later_once and address in self.refused:
            refusal = None
        self.refused.add(address)
        if not refusal:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(self, server, session, envelope):
        recipient = envelope.rcpt_tos[0]
        if self.chance:
            return await self.take_by_chance(server, envelope)
        refusal = reply_for(recipient, CONTENT_REPLIES)
        if refusal:
            return refusal
        number = self.keep(server, envelope)
        if recipient.startswith("silent-"):
            server.transport.abort()
            raise ConnectionResetError
        return f"250 2.0.0 Kept as {number}"

    async def take_by_chance(self, server, envelope):
        place = self.chance.random()
        if place < 0.01:
            return "452 4.3.1 Full for now"
        if place < 0.015:
            return "554 5.7.1 Not wanted"
        if place < 0.02:
            await asyncio.sleep(0.02)
        name = next(
            line for line in envelope.original_content.split(b"\r\n") if line.startswith(b"Message-Id:")
        )
        self.log.write(f"{envelope.rcpt_tos[0]} {name.decode()}\n")
        if 0.02 <= place < 0.0205:
            server.transport.abort()
            raise ConnectionResetError
        return "250 2.0.0 Kept"

    def keep(self, server, envelope):
        self.count += 1
        record = {
            "sender": envelope.mail_from,
            "recipients": envelope.rcpt_tos,
            "connection": server.connection,
        }
        (self.store / f"{self.count}.eml").write_bytes(envelope.original_content)
        path = self.store / f"{self.count}.json"
        # Whole under its name, for who looks meanwhile.
        part = path.with_suffix(".json.part")
        part.write_text(json.dumps(record))
        part.rename(path)
        return self.count


class Server(SMTP):
    connections = 0

    def __init__(self, handler, options):
        super().__init__(
            handler,
            hostname="relay.example",
            data_size_limit=None,
            authenticator=self.authenticate if options.login else None,
            auth_required=bool(options.login),
            auth_require_tls=False,
        )
        self.options = options
        self.mails = 0
        Server.connections += 1
        self.connection = Server.connections

    def authenticate(self, server, session, envelope, mechanism, data):
        given = f"{data.login.decode()}:{data.password.decode()}"
        return AuthResult(success=given == self.options.login, handled=False)

    async def push(self, status):
        if self.options.refuse_connection and str(status).startswith("220"):
            status = "554 5.3.2 No service here"
        await super().push(status)

    async def smtp_MAIL(self, arg):
        self.mails += 1
        if self.options.mails_per_connection and self.mails > self.options.mails_per_connection:
            await self.push("421 4.7.0 Too many mails on this connection")
            self.transport.close()
            return
        await super().smtp_MAIL(arg)

    async def smtp_DATA(self, arg):
        chance = self.event_handler.chance
        if chance and self.envelope.rcpt_tos and chance.random() < 0.005:
            self.transport.abort()
            raise ConnectionResetError
        if self.envelope.rcpt_tos and self.envelope.rcpt_tos[0].startswith("cut-"):
            await self.push("354 Go on")
            await self._reader.readline()
            self.transport.abort()
            raise ConnectionResetError
        await super().smtp_DATA(arg)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--store", required=True)
    parser.add_argument("--login", help="user:password, then required")
    parser.add_argument("--refuse-connection", action="store_true")
    parser.add_argument("--later-once", action="store_true", help="a later- address at its first RCPT only")
    parser.add_argument("--mails-per-connection", type=int, default=0)
    parser.add_argument("--pipelining", action="store_true")
    parser.add_argument("--chaos", type=int, help="a seed: refusals, cuts and delays by chance")
    options = parser.parse_args()
    handler = Handler(options.store)
    if options.chaos is not None:
        handler.go_wild(options.chaos)
    listener = socket.create_server(("127.0.0.1", 0))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Server(handler, options), sock=listener)
    print(listener.getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
