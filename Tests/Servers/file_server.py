# SPDX-License-Identifier: Apache-2.0
"""Runs a real sshd or proftpd on loopback for tests, on ports the system picks, in a scratch folder.

Prints `ready PORT[,PASSIVE...] FINGERPRINT`, then obeys one command a line on its input, each answered by
one line: `rekey` (another host key, same port), `stop`, `start`. At the end of its input, so also when
its parent dies, it ends the server.

  file_server.py FOLDER sshd|proftpd-sftp|ftps|ftps-implicit|ftps-plain [options]
    --certificate good|expired|stranger   who signed the server's certificate
    --read-only                            nothing can be written
    --tiny                                 the served folder is a file system of 256 KB

ftps-plain is pyftpdlib without MLSD, for servers that do not know it.

The folder gets: root/ (what is served), user and user.pub (a key that sshd takes), stranger (one that
it does not), authority.pem. The user feed has the password secret99; sshd has the caller's own user.
"""

import argparse
import grp
import os
import pathlib
import pwd
import random
import signal
import socket
import subprocess
import sys
import time

PROFTPD = """
ServerType standalone
ServerName test
DefaultAddress 127.0.0.1
Port {port}
PassivePorts {first} {last}
PidFile {folder}/pid
ScoreboardFile {folder}/scoreboard
SystemLog {folder}/log
UseIPv6 off
SocketBindTight on
UseReverseDNS off
WtmpLog off
ModulePath /usr/lib/proftpd
LoadModule mod_tls.c
LoadModule mod_sftp.c
AuthUserFile {folder}/passwd
AuthOrder mod_auth_file.c
RequireValidShell off
RootLogin on
RootRevoke off
AllowOverwrite on
AllowStoreRestart on
AllowRetrieveRestart on
TransferLog none
User {user}
Group {group}
"""

TLS = """
TLSEngine on
TLSRequired on
TLSProtocol TLSv1.2 TLSv1.3
TLSECCertificateFile {folder}/server.pem
TLSECCertificateKeyFile {folder}/server.key
TLSLog {folder}/tls.log
"""

SFTP = """
SFTPEngine on
SFTPHostKey {folder}/host
SFTPAuthMethods password
SFTPLog {folder}/sftp.log
"""

SSHD = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
PidFile {folder}/pid
AuthorizedKeysFile {folder}/user.pub
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
Subsystem sftp internal-sftp
ForceCommand internal-sftp {flags}
"""


def run(*command):
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def free_ports(count):
    """Ports that follow each other and are free on the servers' address and the proxy's."""
    while True:
        first = random.randrange(20000, 32000)
        taken = []
        try:
            for address in ("127.0.0.1", "127.0.0.2"):
                for port in range(first, first + count):
                    taken.append(socket.create_server((address, port)))
            return first
        except OSError:
            continue
        finally:
            for held in taken:
                held.close()


class Server:
    def __init__(self, options):
        self.options = options
        self.folder = pathlib.Path(options.folder)
        self.is_sshd = options.kind == "sshd"
        self.child = None

    def prepare(self):
        (self.folder / "root").mkdir()
        for name in ("user", "stranger"):
            self.make_key(name)
        self.make_key("host")
        if "ftps" in self.options.kind:
            self.make_certificates()

    def configure(self):
        self.port = free_ports(1 if "ftps" not in self.options.kind else 12)
        if self.is_sshd:
            self.write("config", SSHD.format(
                port=self.port, folder=self.folder,
                flags=f"-d {self.folder}/root" + (" -R" if self.options.read_only else "")))
        elif self.options.kind != "ftps-plain":
            self.write_proftpd()

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o600)

    def make_key(self, name):
        (self.folder / name).unlink(missing_ok=True)
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.folder / name))

    def make_certificates(self):
        def path(name):
            return str(self.folder / name)
        curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
        for name in ("authority", "other"):
            run("openssl", "req", "-x509", *curve, "-keyout", path(f"{name}.key"), "-out",
                path(f"{name}.pem"), "-days", "2", "-subj", f"/CN=Millrace test {name}")
        run("openssl", "req", *curve, "-keyout", path("server.key"), "-out", path("server.csr"),
            "-subj", "/CN=localhost")
        self.write("names", "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:127.0.0.2")
        signer = "other" if self.options.certificate == "stranger" else "authority"
        days = "-1" if self.options.certificate == "expired" else "2"
        run("openssl", "x509", "-req", "-in", path("server.csr"), "-CA", path(f"{signer}.pem"),
            "-CAkey", path(f"{signer}.key"), "-CAcreateserial", "-out", path("server.pem"),
            "-days", days, "-extfile", path("names"))
        both = (self.folder / "server.pem").read_text() + (self.folder / "server.key").read_text()
        self.write("server.both", both)

    def write_proftpd(self):
        user = pwd.getpwuid(os.getuid()).pw_name
        text = PROFTPD.format(
            port=self.port, first=self.port + 1, last=self.port + 11, folder=self.folder,
            user=user, group=grp.getgrgid(os.getgid()).gr_name)
        text += (SFTP if self.options.kind == "proftpd-sftp" else TLS).format(folder=self.folder)
        # Only root can lock users into their folder.
        if os.getuid() == 0:
            text += "DefaultRoot ~\n"
        if self.options.kind == "ftps-implicit":
            text += "TLSOptions UseImplicitSSL\n"
        if self.options.read_only:
            text += "<Limit WRITE>\nDenyAll\n</Limit>\n"
        self.write("config", text)
        digest = subprocess.run(["openssl", "passwd", "-6", "secret99"], check=True,
                                capture_output=True, text=True).stdout.strip()
        self.write("passwd", f"feed:{digest}:{os.getuid()}:{os.getgid()}::{self.folder}/root:/bin/sh\n")


    def command(self):
        config = f"{self.folder}/config"
        if self.is_sshd:
            own = f"exec /usr/sbin/sshd -D -f {config} -E {self.folder}/log"
            # sshd wants this folder when it is started as root.
            if os.getuid() == 0:
                own = "mkdir -p -m 755 /run/sshd; " + own
        elif self.options.kind == "ftps-plain":
            script = pathlib.Path(__file__).with_name("plain_ftps.py")
            own = f"exec python3 -B {script} {self.folder} {self.port} {self.port + 1} {self.port + 11}"
        else:
            own = f"exec proftpd -n -q -c {config}"
        if self.options.tiny:
            own = f"mount -t tmpfs -o size=256k tmpfs {self.folder}/root; {own}"
            return ["unshare", "-m", "sh", "-c", own] if os.getuid() == 0 else [
                "unshare", "-r", "-m", "sh", "-c", own]
        return ["sh", "-c", own]

    def start_anywhere(self):
        """Another program may take a port between its choice and its use: several tries."""
        for _ in range(10):
            self.configure()
            if self.try_to_start():
                return
            if self.child.poll() is None:
                break
            self.stop()
        self.give_up()

    def start(self):
        if not self.try_to_start():
            self.give_up()

    def try_to_start(self):
        log = open(self.folder / "output", "ab")
        self.child = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=log,
                                      stderr=log, start_new_session=True,
                                      env={**os.environ, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
        end = time.monotonic() + 300
        while self.child.poll() is None and time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return True
            except OSError:
                time.sleep(0.02)
        return False

    def give_up(self):
        words = [path.read_text(errors="replace")[-500:] for path in
                 (self.folder / "output", self.folder / "log") if path.exists()]
        sys.exit("the server did not start: " + " ".join(words))

    def stop(self):
        if self.child is None:
            return
        # Connections have processes of their own, in the group of the one that listens.
        for signal_number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.child.pid, signal_number)
            except ProcessLookupError:
                pass
            if signal_number == signal.SIGTERM:
                try:
                    self.child.wait(2)
                except subprocess.TimeoutExpired:
                    pass
        self.child.wait()
        self.child = None

    def fingerprint(self):
        words = subprocess.run(["ssh-keygen", "-l", "-f", str(self.folder / "host.pub")],
                               check=True, capture_output=True, text=True).stdout
        return words.split()[1]

    def obey(self, word):
        if word in ("stop", "rekey"):
            self.stop()
        if word == "rekey":
            self.make_key("host")
        if word in ("start", "rekey"):
            self.start()
        return self.fingerprint()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("kind")
    parser.add_argument("--certificate", default="good")
    parser.add_argument("--read-only", action="store_true")
    parser.add_argument("--tiny", action="store_true")
    server = Server(parser.parse_args())
    server.prepare()
    try:
        server.start_anywhere()
        ports = [server.port]
        if "ftps" in server.options.kind:
            ports += range(server.port + 1, server.port + 12)
        print("ready", ",".join(map(str, ports)), server.fingerprint(), flush=True)
        for line in sys.stdin:
            print(server.obey(line.strip()), flush=True)
    finally:
        server.stop()


main()
