# SPDX-License-Identifier: Apache-2.0
"""The journeys through delivery: relays, gateways, locations, split tests, sends that were stopped."""
import os
import sqlite3
import time
from datetime import datetime, timezone

from playwright.sync_api import expect


class DeliveryJourneys:
    def relays(self):
        self.open("/console/settings/relays")
        expect(self.page.get_by_text("No relay of your own")).to_be_visible()
        self.look("relays-empty")
        self.press("Add a relay")
        self.page.get_by_label("Name", exact=True).fill("main")
        self.page.get_by_label("Host").fill("not a host")
        self.press("Add the relay")
        expect(self.page.locator("#f-host-error")).to_be_visible()
        self.page.get_by_label("Host").fill("smtp.example.org")
        self.page.get_by_label("Messages an hour, at most").fill("36000")
        self.page.get_by_label("User name").fill("shop")
        self.page.locator("#f-password").fill("very secret words")
        self.press("Add the relay")
        self.page.get_by_role("link", name="main", exact=True).click()
        assert self.page.locator("#f-password").input_value() == ""
        self.look("relay-edit")
        self.open("/console/settings/gateways/new")
        self.page.get_by_label("Name", exact=True).fill("Kannel")
        self.page.get_by_label("Address of sendsms").fill("https://sms.example.org/cgi-bin/sendsms")
        self.page.get_by_label("Name of the sendsms-user").fill("shop")
        self.press("Add the gateway")
        self.page.get_by_role("link", name="Kannel", exact=True).click()
        self.look("gateway-edit")
        self.open("/console/settings/gateways/new?kind=http")
        self.look("gateway-new")
        self.open("/console/settings/relays")
        row = self.page.get_by_role("row").filter(has_text="smtp.example.org")
        row.locator("summary").filter(has_text="Pause").click()
        self.page.get_by_role("button", name="Pause it").locator("visible=true").click()
        expect(self.page.get_by_text("Martha Keter paused it")).to_be_visible()
        self.look("relays")
        self.press("Resume")
        expect(self.page.get_by_role("button", name="Resume")).to_have_count(0)
        # Mails of the walk go to the outbox.
        self.page.get_by_role("link", name="main", exact=True).click()
        self.press("Delete", confirm="Delete this relay")
        self.page.get_by_role("link", name="Kannel", exact=True).click()
        self.press("Delete", confirm="Delete this gateway")

    def servers(self):
        self.open("/console/settings/locations/new")
        self.look("location-new")
        self.page.get_by_label("Name", exact=True).fill("partner")
        self.page.get_by_label("User name").fill("feed")
        self.press("Make the location")
        expect(self.page.locator("#f-host-error")).to_be_visible()
        self.page.get_by_label("Host").fill("sftp.example.invalid")
        self.page.locator("#f-password").fill("very secret words")
        self.press("Make the location")
        expect(self.page.get_by_text("not trusted yet")).to_be_visible()
        row = self.page.get_by_role("row").filter(has_text="partner")
        row.get_by_role("button", name="Test").click()
        expect(self.page.get_by_text("A step failed")).to_be_visible()
        self.open("/console/settings/locations/new?kind=ftps")
        self.look("location-ftps")
        self.open("/console/settings/locations")
        self.press("Delete", confirm="Delete this location")

    def reload_until(self, locator):
        """Loads the page anew until something stands on it: a worker brings it about."""
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline:
            try:
                return expect(locator.first).to_be_visible(timeout=1_000)
            except AssertionError:
                self.page.reload()
        expect(locator.first).to_be_visible()

    def stopped_send(self):
        """A send of one message an hour is stopped, and goes on when the rate is taken away."""
        now = datetime.now(timezone.utc)
        self.open("/console/sends/new")
        self.page.get_by_label("Name", exact=True).fill("Slow news")
        self.page.get_by_label("Goes to", exact=True).select_option(label="List newsletter")
        self.page.get_by_label("Message", exact=True).select_option(label="Spring news (E-mail)")
        self.page.get_by_label("Messages an hour, at most").fill("1")
        self.page.get_by_label("Day").fill(now.date().isoformat())
        self.page.get_by_label("Time", exact=True).fill(now.strftime("%H:%M"))
        self.page.get_by_label("Time zone").select_option("UTC")
        self.press("Schedule it")
        self.title("Slow news")
        self.reload_until(self.page.get_by_role("link", name="Sent", exact=True))
        self.press("Stop", confirm="Stop this send")
        expect(self.page.get_by_role("status")).to_contain_text("never sent: 2")
        self.reload_until(self.page.locator("summary").filter(has_text="Resume the rest"))
        self.look("send-stopped")
        self.press("Resume the rest", confirm="Send them now")
        expect(self.page.get_by_role("status")).to_contain_text("goes on with 2 messages")
        self.page.get_by_label("Messages an hour, at most").fill("")
        self.press("Set the rate")
        badge = self.page.locator(".actions .badge")
        self.reload_until(badge.filter(has_text="Completed"))
        expect(badge).to_have_text("Completed")
        self.look("send-resumed")

    def split_test(self):
        self.open("/console/split-tests")
        expect(self.page.get_by_text("No split tests yet")).to_be_visible()
        self.look("split-tests-empty")
        self.open("/console/messages/new")
        self.page.get_by_label("Name", exact=True).fill("Autumn news")
        self.page.get_by_label("Sender address").fill("news@example.org")
        self.page.get_by_label("Subject").fill("Autumn, {{firstName}}")
        self.page.get_by_label("HTML").fill("<p>Leaves fall.</p>")
        self.press("Save")
        self.open("/console/split-tests/new")
        self.press("Begin the split test")
        expect(self.page.locator("#f-message-0-error")).to_be_visible()
        self.look("split-test-new")
        self.page.get_by_label("Name", exact=True).fill("Which season")
        self.page.get_by_label("Goes to", exact=True).select_option(label="List newsletter")
        self.page.get_by_label("Version A").select_option(label="Spring news (E-mail)")
        self.page.get_by_label("Version B").select_option(label="Autumn news (E-mail)")
        self.page.get_by_label("How many").fill("2")
        self.page.get_by_label("Counted as").select_option("number")
        self.page.get_by_label("I choose, once I have seen the figures").check()
        self.press("Begin the split test")
        self.title("Which season")
        self.reload_until(self.page.locator("summary").filter(has_text="Choose B"))
        self.look("split-test-testing")
        self.press("Choose B", confirm="Send B to the rest")
        expect(self.page.get_by_text("B won. It goes to the rest")).to_be_visible()
        self.look("split-test")
        self.open("/console/split-tests")
        self.look("split-tests")

    def opens_and_clicks(self):
        """Counts as tracking leaves them; the walk has no address that recipients could reach."""
        path = self.server.environment["MILLRACE_DATABASE"].removeprefix("sqlite:")
        self.open("/console/campaigns/1")
        expect(self.page.get_by_text("None in this period")).to_be_visible()
        if not os.path.exists(path):
            self.look("campaign-analytics-empty")
            return
        hour = int(time.time()) // 3600 * 3600
        rows = [("link", "shop", hour, 40), ("link", "https://example.org/news", hour - 7200, 21)]
        for back in range(29 * 24):
            rows.append(("open", "", hour - back * 3600, (back * 7) % 23))
            rows.append(("click", "", hour - back * 3600, (back * 3) % 7))
        with sqlite3.connect(path, timeout=60) as database:
            database.executemany(
                "INSERT INTO campaign_count VALUES (1, 1, 1, ?, ?, ?, 0, ?)",
                [(name, detail, at * 1_000_000, total) for name, detail, at, total in rows],
            )
        self.page.reload()
        expect(self.page.get_by_role("img", name="Opens and clicks over time")).to_be_visible()
        self.look("campaign-analytics")
        self.page.get_by_role("link", name="7 days").click()
        expect(self.page.get_by_role("link", name="7 days")).to_have_attribute("aria-current", "page")
        self.page.locator("summary", has_text="Show as a table").last.click()
        self.look("campaign-analytics-week")
