# SPDX-License-Identifier: Apache-2.0
"""A real IMAP server (dovecot) on loopback; prints port, certificate file and Maildir, then waits.

It has one user, `bounces` with the password `secret`, and needs no privileges; as root it runs as nobody.
"""

import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

CONFIGURATION = """
base_dir = {root}/run
state_dir = {root}/run
log_path = {root}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 1
ssl = required
ssl_cert = <{root}/cert.pem
ssl_key = <{root}/key.pem
mail_location = maildir:{root}/mail
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def free_ports(count):
    """Ports that the system picks, and the sockets that keep them: bound without listening, they leave
    them to a server with SO_REUSEADDR and to nobody else, until they are closed."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        each.bind(("127.0.0.1", 0))
    return [each.getsockname()[1] for each in sockets], sockets


def main():
    # The test's thread may block signals, which would be inherited.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    account = pwd.getpwuid(os.getuid()) if os.getuid() else pwd.getpwnam("nobody")
    root = pathlib.Path(tempfile.mkdtemp(prefix="millrace-imap-"))
    watch(os.getpid(), root)
    group = subprocess.run(["id", "-gn", account.pw_name], capture_output=True, text=True).stdout.strip()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
         "-keyout", str(root / "key.pem"), "-out", str(root / "cert.pem")],
        check=True, capture_output=True,
    )
    for name in ["run", "mail", "mail/new", "mail/cur", "mail/tmp"]:
        (root / name).mkdir()
    for path in [root, *root.rglob("*")]:
        os.chown(path, account.pw_uid, account.pw_gid)
    server, plain, port = start(root, account, group)
    print(port, plain, root / "cert.pem", root / "mail", account.pw_uid, flush=True)
    server.wait()


def start(root, account, group):
    """What ends at once may not do so again: several tries."""
    for _ in range(10):
        (plain, port), held = free_ports(2)
        (root / "dovecot.conf").write_text(CONFIGURATION.format(
            root=root, user=account.pw_name, group=group, uid=account.pw_uid, gid=account.pw_gid, plain=plain,
            port=port,
        ))
        server = subprocess.Popen(["/usr/sbin/dovecot", "-F", "-c", str(root / "dovecot.conf")])
        limit = time.monotonic() + 300
        while server.poll() is None and time.monotonic() < limit:
            if answers(plain) and answers(port):
                for each in held:
                    each.close()
                return server, plain, port
            time.sleep(0.05)
        server.kill()
        server.wait()
    log = root / "log"
    sys.exit("dovecot did not start: " + (log.read_text()[-500:] if log.exists() else ""))


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


def end(server):
    """Its files are in use until it is gone; a signal to it fails then."""
    os.kill(server, signal.SIGTERM)
    for _ in range(500):
        os.kill(server, 0)
        time.sleep(0.02)


def watch(program, root):
    """Ends the server and removes its files when this program is gone, however it ended."""
    if os.fork():
        return
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    while os.getppid() == program:
        time.sleep(0.2)
    try:
        end(int((root / "run/master.pid").read_text()))
    except (OSError, ValueError):
        pass
    shutil.rmtree(root, ignore_errors=True)
    os._exit(0)


main()
