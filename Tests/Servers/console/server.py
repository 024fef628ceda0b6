# SPDX-License-Identifier: Apache-2.0
"""A real `millrace serve`, started and ended by the walk."""
import os
import re
import signal
import subprocess
import threading


class Server:
    def __init__(self, program, database, data):
        self.program, self.data = program, data
        self.environment = {
            "MILLRACE_DATABASE": database,
            "MILLRACE_DATA": data,
            "HOME": os.path.dirname(data),
            "USER": "tester",
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "TZ": "UTC",
        }
        self.lines = []
        self.ready = threading.Event()
        self.process = subprocess.Popen(
            [program, "serve", "--listen", "127.0.0.1:0"],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        threading.Thread(target=self.listen, daemon=True).start()
        if not self.ready.wait(300):
            self.end()
            raise SystemExit("the server did not come up:\n" + "".join(self.lines))
        text = "".join(self.lines)
        self.base = re.search(r"console is at (http://\S+?)/console/\.", text).group(1)
        self.first_link = re.search(r"(http://\S+/console/welcome/\S+)", text).group(1)

    def listen(self):
        for line in self.process.stderr:
            self.lines.append(line)
            if "/console/welcome/" in line:
                self.ready.set()
        self.ready.set()

    def run(self, *arguments):
        """Runs a command of the program; returns what it prints."""
        return subprocess.run(
            [self.program, *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    def drop(self, name, text):
        """Puts a file into the transferbox as a user would."""
        folder = os.path.join(self.data, "transferbox", "1", os.path.dirname(name))
        os.makedirs(folder, mode=0o700, exist_ok=True)
        path = os.path.join(self.data, "transferbox", "1", name)
        with open(path + ".part", "w") as file:
            file.write(text)
        os.rename(path + ".part", path)
        return path

    def end(self):
        """Ends the server in order; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(300)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return "it did not end within 300 s"
