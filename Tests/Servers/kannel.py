# SPDX-License-Identifier: Apache-2.0
"""A real Kannel (bearerbox and smsbox) with its tester fakesmsc and an SMPP operator, for tests.

Runs on ports that the system picks, in <store>; prints the port of sendsms once messages go through,
then works until it is killed, and everything with it.

Two ways lead from Kannel to phones: the smsc-id `fake` (Kannel's own fakesmsc) and `operator`, an
operator in this script that speaks SMPP 3.4 and gives delivery receipts.
  <store>/operator.txt    what the operator took, a line each: SENDER RECIPIENT CODING UDH HEX
  <store>/receipts.txt    lines NUMBER STAT ERR: the receipt for a number; DELIVRD 000 for others.
                          STAT `NACK` refuses submissions to it with the status ERR (hexadecimal).
  <store>/fakesmsc.log    what fakesmsc took
  <store>/say/NAME        SENDER RECIPIENT TEXT: a phone sends that; the file goes once it was sent
"""

import argparse
import ctypes
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

FAKESMSC = "/usr/lib/kannel/test/fakesmsc"
BIND, SUBMIT, DELIVER, UNBIND, ENQUIRE, RESPONSE = 0x09, 0x04, 0x05, 0x06, 0x15, 0x80000000


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def free_ports(count):
    """Ports that the system picks, and the sockets that keep them: bound without listening, they leave
    them to a server with SO_REUSEADDR and to nobody else, until they are closed."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        each.bind(("127.0.0.1", 0))
    return [each.getsockname()[1] for each in sockets], sockets


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def texts(data, count):
    """C strings from the beginning of a body, and what is behind them."""
    found = []
    for _ in range(count):
        end = data.index(0)
        found.append(data[:end].decode("latin-1"))
        data = data[end + 1 :]
    return found, data


class Operator:
    """An SMSC that speaks SMPP 3.4 with one bound client."""

    def __init__(self, store):
        self.store = store
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.bound = threading.Event()
        self.sequence = 0
        self.count = 0
        self.lock = threading.Lock()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            client, _ = self.server.accept()
            threading.Thread(target=self.talk, args=(client,), daemon=True).start()

    def talk(self, client):
        stream = client.makefile("rb")
        while head := stream.read(16):
            length, command, _, sequence = struct.unpack(">IIII", head)
            body = stream.read(length - 16)
            if command == BIND:
                self.send(client, BIND | RESPONSE, sequence, b"operator\0")
                self.bound.set()
            elif command == SUBMIT:
                self.take(client, sequence, body)
            elif command in (ENQUIRE, UNBIND):
                self.send(client, command | RESPONSE, sequence, b"")

    def send(self, client, command, sequence, body, status=0):
        with self.lock:
            client.sendall(struct.pack(">IIII", len(body) + 16, command, status, sequence) + body)

    def take(self, client, sequence, body):
        _, rest = texts(body, 1)
        (sender,), rest = texts(rest[2:], 1)
        (recipient,), rest = texts(rest[2:], 1)
        esm_class = rest[0]
        _, rest = texts(rest[3:], 2)
        registered, _, coding, _, length = struct.unpack(">BBBBB", rest[:5])
        content = rest[5 : 5 + length]
        udh = b""
        if esm_class & 0x40:
            udh, content = content[: content[0] + 1], content[content[0] + 1 :]
        stat, error = self.receipt(recipient)
        if stat == "NACK":
            return self.send(client, SUBMIT | RESPONSE, sequence, b"", int(error, 16))
        with (self.store / "operator.txt").open("a") as file:
            file.write(f"{sender} {recipient} {coding} {udh.hex() or '-'} {content.hex()}\n")
        with self.lock:
            self.count += 1
            name = f"m{self.count}"
        self.send(client, SUBMIT | RESPONSE, sequence, name.encode() + b"\0")
        if registered & 1:
            self.report(client, sender, recipient, name, stat, error)

    def report(self, client, sender, recipient, name, stat, error):
        text = (
            f"id:{name} sub:001 dlvrd:001 submit date:2601010000 done date:2601010000 "
            f"stat:{stat} err:{error} text:"
        ).encode()
        body = b"\0" + b"\1\1" + recipient.encode() + b"\0" + b"\0\1" + sender.encode() + b"\0"
        body += bytes([0x04, 0, 0]) + b"\0\0" + bytes([0, 0, 0, 0, len(text)]) + text
        with self.lock:
            self.sequence += 1
            sequence = self.sequence
        self.send(client, DELIVER, sequence, body)

    def receipt(self, number):
        path = self.store / "receipts.txt"
        for line in path.read_text().splitlines() if path.exists() else []:
            known, stat, error = line.split()
            if known == number:
                return stat, error
        return "DELIVRD", "000"


CONFIGURATION = """
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = x
smsbox-port = {box}
smsbox-interface = 127.0.0.1
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
dlr-storage = internal
sms-resend-retry = 0
log-file = {store}/bearerbox.log
log-level = 0

group = smsc
smsc = fake
smsc-id = fake
denied-smsc-id = operator
port = {fake}
connect-allow-ip = 127.0.0.1

group = smsc
smsc = smpp
smsc-id = operator
denied-smsc-id = fake
host = 127.0.0.1
port = {operator}
transceiver-mode = true
smsc-username = x
smsc-password = x
system-type = ""
address-range = ""

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {box}
sendsms-port = {sendsms}
sendsms-interface = 127.0.0.1
http-request-retry = 50
http-queue-delay = 1
log-file = {store}/smsbox.log
log-level = 0

group = sendsms-user
username = shop
password = "p&ss w0rd"
max-messages = 10
concatenation = true
user-deny-ip = "*.*.*.*"
user-allow-ip = "127.0.0.1"

group = sms-service
keyword = default
catch-all = true
max-messages = 0
get-url = "{replies}?from=%p&to=%P&text=%a"
"""


class Kannel:
    def __init__(self, store, replies):
        self.store, self.replies = store, replies
        self.operator = Operator(store)
        self.children = []
        self.tester = None

    def spawn(self, *command, log):
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=(self.store / log).open("ab"),
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent,
        )
        self.children.append(child)
        return child

    def start(self):
        """What ends at once may not do so again: several tries."""
        for _ in range(10):
            if self.try_to_start():
                return
            for child in self.children:
                child.kill()
                child.wait()
            self.children = []
        sys.exit("Kannel did not start")

    def try_to_start(self):
        (self.admin, self.box, self.fake, self.sendsms), self.held = free_ports(4)
        path = self.store / "kannel.conf"
        path.write_text(
            CONFIGURATION.format(
                store=self.store, admin=self.admin, box=self.box, fake=self.fake,
                sendsms=self.sendsms, operator=self.operator.port, replies=self.replies,
            )
        )
        bearerbox = self.spawn("bearerbox", str(path), log="bearerbox.out")
        if not self.wait(bearerbox, lambda: answers(self.box) and answers(self.fake)):
            return False
        smsbox = self.spawn("smsbox", str(path), log="smsbox.out")
        if not self.wait(smsbox, lambda: answers(self.sendsms)):
            return False
        self.say()
        return self.wait(smsbox, self.operator.bound.is_set)

    def wait(self, child, is_ready):
        end = time.monotonic() + 120
        while child.poll() is None and time.monotonic() < end:
            if is_ready():
                return True
            time.sleep(0.02)
        return False

    def say(self, *message):
        """Starts fakesmsc anew: it sends what it is told at its start, and takes what comes."""
        if self.tester:
            self.tester.kill()
            self.tester.wait()
        sender, recipient, text = message or ("1", "2", "none")
        count = "1" if message else "0"
        self.tester = self.spawn(
            FAKESMSC, "-H", "127.0.0.1", "-r", str(self.fake), "-i", "0.1", "-m", count,
            f"{sender} {recipient} text {text}", log="fakesmsc.log",
        )

    def listen(self):
        box = self.store / "say"
        box.mkdir(exist_ok=True)
        while True:
            for path in sorted(box.iterdir()):
                words = path.read_text().split(" ", 2)
                if len(words) == 3:
                    before = self.heard()
                    self.say(*words)
                    while self.heard() == before:
                        time.sleep(0.02)
                    path.unlink()
            time.sleep(0.02)

    def heard(self):
        """How many messages have come through bearerbox to smsbox: what is told next ends the tester,
        and with it what still stands between them."""
        log = self.store / "smsbox.log"
        return log.read_bytes().count(b"Starting to service") if log.exists() else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=pathlib.Path, required=True)
    parser.add_argument("--replies", default="http://127.0.0.1:1/")
    options = parser.parse_args()
    kannel = Kannel(options.store, options.replies)
    kannel.start()
    print(kannel.sendsms, flush=True)
    kannel.listen()


main()
