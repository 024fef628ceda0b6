# SPDX-License-Identifier: Apache-2.0
"""Walks the console of a real server as people would, and looks at every page on the way.

usage: walk.py PROGRAM DATABASE FOLDER PICTURES [quick] [GUIDES]
"""
import os
import sys
import traceback

sys.path.insert(0, os.path.dirname(__file__))

from playwright.sync_api import expect, sync_playwright

import journeys
from checks import Checks
from server import Server


def main():
    program, database, folder, pictures = sys.argv[1:5]
    is_quick = "quick" in sys.argv[5:]
    guides = next((one for one in sys.argv[5:] if one != "quick"), None)
    os.makedirs(pictures, exist_ok=True)
    checks = (
        Checks(pictures, themes=("light",), widths=(1024,)) if is_quick else Checks(pictures)
    )
    # A busy machine is slow; what must come, comes.
    expect.set_options(timeout=180_000)
    server = Server(program, database, os.path.join(folder, "data"))
    failure = None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        walk = journeys.Walk(server, browser, checks, folder, guides)
        try:
            walk.all()
        except Exception:
            failure = traceback.format_exc()
            for number, page in enumerate(page for c in browser.contexts for page in c.pages):
                page.screenshot(path=os.path.join(pictures, f"failed-{number}.png"))
                failure += f"\nat {page.url}\n"
        browser.close()
    code = server.end()
    for problem in checks.problems:
        print(problem)
    if failure:
        print(failure)
        print("the server said: " + "".join(server.lines)[-2000:])
    faults = [line for line in server.lines if " error " in line and "console" in line]
    print("".join(faults))
    print(f"{checks.pages} pages")
    is_good = not checks.problems and not failure and not faults and code == 0
    print("all is well" if is_good else f"not well, exit {code}")


main()
