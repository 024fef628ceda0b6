# SPDX-License-Identifier: Apache-2.0
"""What every page of the console must be: accessible, valid, without inline script, within its width."""
import os
import re

import html5lib
from axe_playwright_python.sync_playwright import Axe

WIDTHS = (360, 1024, 1920)
# best-practice rules are asked too; page-has-heading-one and landmarks are among them.
AXE_OPTIONS = {
    "runOnly": [
        "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice",
    ]
}


class Checks:
    def __init__(self, folder, themes=("light", "dark"), widths=WIDTHS):
        self.folder, self.themes, self.widths = folder, themes, widths
        self.axe = Axe()
        self.problems = []
        self.pages = 0

    def note(self, where, words):
        self.problems.append(f"{where}: {words}")

    def page(self, page, name):
        """Checks the page that is shown, in all widths and themes, and keeps a picture of each."""
        self.pages += 1
        self.markup(page, name)
        size = page.viewport_size
        for theme in self.themes:
            page.emulate_media(color_scheme=theme)
            for width in self.widths:
                page.set_viewport_size({"width": width, "height": 900})
                over = page.evaluate(
                    "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                )
                if over > 0:
                    self.note(f"{name} at {width}", f"is {over} px too wide")
                path = os.path.join(self.folder, f"{name}-{width}-{theme}.png")
                page.screenshot(path=path, full_page=True)
                self.accessible(page, f"{name} at {width}, {theme}")
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(size)

    def accessible(self, page, where):
        results = self.axe.run(page, options=AXE_OPTIONS)
        for rule in results.response["violations"]:
            for node in rule["nodes"][:3]:
                self.note(where, f"{rule['id']}: {node['html'][:160]} {node['failureSummary'][:200]}")

    def markup(self, page, name):
        answer = page.context.request.get(page.url)
        text = answer.text()
        parser = html5lib.HTMLParser(strict=False)
        parser.parse(text)
        for place, error, _ in parser.errors[:3]:
            self.note(name, f"invalid HTML at {place}: {error}")
        ids = re.findall(r'\sid="([^"]+)"', text)
        for twice in {one for one in ids if ids.count(one) > 1}:
            self.note(name, f"the id {twice} stands twice")
        if re.search(r"<script(?![^>]*\ssrc=)|\son\w+=\"|\sstyle=\"|javascript:", text):
            self.note(name, "has inline script or style")
        policy = answer.headers.get("content-security-policy", "")
        if "default-src 'none'" not in policy or "unsafe" in policy:
            self.note(name, f"has the policy {policy!r}")
        for header in ("x-content-type-options", "referrer-policy", "x-frame-options"):
            if header not in answer.headers:
                self.note(name, f"lacks {header}")
