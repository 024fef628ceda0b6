# SPDX-License-Identifier: Apache-2.0
"""The journeys of a marketer, an administrator and a viewer."""
import hashlib
import json
import os
import re
import shutil
from datetime import datetime, timedelta, timezone

from playwright.sync_api import expect

from journeys_data import DataJourneys
from journeys_delivery import DeliveryJourneys

PASSWORD = "correct horse battery"
PEOPLE = """userId,email,firstName,lastName,language,newsletter
u1,ada@example.org,Ada,Lovelace,en,1
u2,alan@example.org,Alan,Turing,en,1
u3,grace@example.org,Grace,Hopper,en,1
u4,not an address,Nobody,Knows,en,1,too many
u5,edsger@example.org,Edsger,Dijkstra,nl,0
u1,ada@example.org,Ada,Again,en,1
"""
HTML = "<h1>Hello {{firstName}}</h1><p style=\"color:#0b6b62\">Good to have you with us.</p>"


class Walk(DataJourneys, DeliveryJourneys):
    def __init__(self, server, browser, checks, folder, guides):
        self.server, self.browser, self.checks = server, browser, checks
        self.folder, self.guides = folder, guides
        self.page = None

    def all(self):
        self.wrong_password()
        self.first_sign_in()
        self.list_and_upload()
        self.segmentations()
        self.custom_rows()
        self.campaign()
        self.automated_import()
        self.scheduled_send()
        self.stopped_send()
        self.split_test()
        self.opens_and_clicks()
        self.export()
        self.person()
        self.settings()
        self.relays()
        self.servers()
        self.viewer()
        self.keyboard()
        self.every_page()
        self.import_pace()

    # What journeys are made of.

    def open(self, path, page=None):
        (page or self.page).goto(self.server.base + path)

    def context(self):
        context = self.browser.new_context(viewport={"width": 1024, "height": 900})
        context.set_default_timeout(180_000)
        return context

    def look(self, name):
        self.checks.page(self.page, name)

    def guide(self, name):
        """Keeps a picture for the guides in docs, when they are made anew."""
        if not self.guides:
            return
        self.page.set_viewport_size({"width": 1180, "height": 800})
        self.page.screenshot(path=os.path.join(self.guides, f"{name}.png"))
        self.page.set_viewport_size({"width": 1024, "height": 900})

    def press(self, name, confirm=None):
        """Presses a button or link; a question that opens is answered."""
        page = self.page
        if confirm:
            page.locator("summary").filter(has_text=re.compile(f"^{re.escape(name)}$")).first.click()
            page.get_by_role("button", name=confirm, exact=True).locator("visible=true").click()
        else:
            page.locator("main").get_by_role("button", name=name, exact=True).or_(
                page.locator("main").get_by_role("link", name=name, exact=True)
            ).first.click()

    def title(self, text):
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)

    def status(self, word):
        """Waits, as the page does by itself, until the task has ended so."""
        expect(self.page.locator(".state .badge")).to_have_text(word)
        # Then the page loads itself once more; what is pressed before is lost with it.
        expect(self.page.locator("[data-live]:not([data-stays])")).to_have_count(0)

    # The journeys.

    def wrong_password(self):
        self.page = self.context().new_page()
        self.open("/")
        self.title("Sign in")
        self.look("sign-in")
        self.page.get_by_label("E-mail address").fill("nobody@example.org")
        self.page.get_by_label("Password").fill("not the password")
        self.page.get_by_role("button", name="Sign in").click()
        alert = self.page.get_by_role("alert")
        expect(alert).to_contain_text("wrong")
        expect(alert).to_be_focused()
        assert self.page.get_by_label("Password").input_value() == ""
        self.open("/console/tasks?status=new")
        assert "next=" in self.page.url, self.page.url

    def first_sign_in(self):
        self.page.goto(self.server.first_link)
        self.title("Welcome to Millrace")
        self.look("welcome")
        self.page.get_by_label("Your name").fill("Martha Keter")
        self.page.get_by_label("E-mail address").fill("martha@example.org")
        self.page.get_by_label("Password").fill("short")
        self.press("Set the password and sign in")
        expect(self.page.locator("#f-password-error")).to_contain_text("12")
        self.page.get_by_label("Password").fill(PASSWORD)
        self.press("Set the password and sign in")
        self.title("Home")
        expect(self.page.get_by_text("Begin here")).to_be_visible()
        self.look("home-empty")
        cookie = next(c for c in self.page.context.cookies() if c["name"] == "__Host-millrace")
        assert cookie["secure"] and cookie["httpOnly"] and cookie["sameSite"] == "Lax", cookie
        # The link works once.
        other = self.context().new_page()
        answer = other.goto(self.server.first_link)
        assert answer.status == 410, answer.status
        other.context.close()

    def list_and_upload(self):
        self.open("/console/lists")
        self.page.get_by_label("Name").fill("newsletter")
        self.press("Make the list")
        self.title("newsletter")
        path = os.path.join(self.folder, "people.csv")
        with open(path, "w") as file:
            file.write(PEOPLE)
        self.open("/console/imports/upload")
        self.look("upload")
        self.press("Next: Mapping")
        expect(self.page.locator("#f-file-error")).to_have_text("Choose a file.")
        self.page.get_by_label("File", exact=True).set_input_files(path)
        self.press("Next: Mapping")
        self.title("Map the columns")
        assert self.page.get_by_label("email fills").input_value().startswith("a:")
        assert self.page.get_by_label("newsletter fills").input_value() == "l:newsletter"
        self.page.screenshot(path=os.path.join(self.checks.folder, "mapping.png"), full_page=True)
        self.checks.accessible(self.page, "mapping")
        self.press("Import the file")
        self.status("Error")
        rows = self.page.locator(".breakdown li")
        for label, count in (("Total", 6), ("Imported", 4), ("Total failed", 2)):
            line = rows.filter(has_text=re.compile(f"^\\s*{label}\\s")).first
            expect(line.locator("span").nth(-2)).to_have_text(str(count))
        self.import_task = self.page.url
        self.look("task-import")
        self.guide("import-task")
        self.page.get_by_role("link", name="Failed by duplicated rows").click()
        self.title("Failed rows")
        self.look("failed-rows")
        self.page.go_back()
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name="Failed rows (CSV)").click()
        text = open(download.value.path()).read()
        assert "Again" in text and "duplicate" in text.lower(), text
        self.press("Imported")
        self.title("Imported rows")
        self.look("imported-rows")
        self.page.goto(self.import_task)
        self.press("Correct the failed rows and import them again")
        self.look("replay")

    def campaign(self):
        self.open("/console/settings")
        self.page.get_by_label("Whether automated imports may trigger").select_option("true")
        self.press("Save")
        self.open("/console/campaigns/new")
        self.look("campaign-new")
        self.page.get_by_label("Name", exact=True).fill("Welcome")
        self.page.get_by_label("Sender address").fill("not an address")
        self.page.get_by_label("Subject").fill("Welcome, {{firstName}}")
        self.page.get_by_label("HTML").fill(HTML)
        self.press("Save the draft")
        expect(self.page.locator("#f-senderAddress-error")).to_be_visible()
        expect(self.page.locator("#f-senderAddress")).to_be_focused()
        self.page.get_by_label("Sender address").fill("news@example.org")
        self.press("Save the draft")
        expect(self.page.get_by_text("Welcome, Ada")).to_be_visible()
        frame = self.page.frame_locator("iframe")
        expect(frame.get_by_role("heading")).to_have_text("Hello Ada")
        self.look("campaign-preview")
        self.press("Send a test")
        expect(self.page.get_by_role("status")).to_contain_text("on its way")
        self.press("Activate")
        self.look("campaign")
        self.open("/console/outbox")
        expect(self.page.get_by_text("[Test] Welcome, Ada").first).to_be_visible()
        self.look("outbox")

    def automated_import(self):
        self.server.drop("in/customers.csv", PEOPLE)
        due = datetime.now(timezone.utc) + timedelta(hours=3)
        self.open("/console/imports/new")
        self.press("Next: Mapping")
        expect(self.page.locator("#f-name-error")).to_be_visible()
        self.page.get_by_label("Name", exact=True).fill("nightly customers")
        self.page.get_by_label("Folder").fill("in")
        self.page.get_by_label("File name or expression").fill("customers.csv")
        self.page.get_by_label("Ready when unchanged").fill("0")
        self.page.screenshot(path=os.path.join(self.checks.folder, "wizard-source.png"), full_page=True)
        self.press("Next: Mapping")
        self.press("Refresh schema")
        assert self.page.get_by_label("email fills").input_value().startswith("a:")
        self.checks.accessible(self.page, "wizard mapping")
        self.press("Next: Schedule")
        self.page.get_by_label("At", exact=True).fill("03:00")
        self.page.get_by_label("Time zone").select_option("Europe/Brussels")
        self.press("Show the next five runs")
        expect(self.page.locator(".log li")).to_have_count(5)
        self.page.screenshot(path=os.path.join(self.checks.folder, "wizard-schedule.png"), full_page=True)
        self.checks.accessible(self.page, "wizard schedule")
        self.press("Next: Trigger")
        self.page.get_by_label("Trigger API Campaign").select_option(label="Welcome (active)")
        self.page.locator("#f-triggerTime").fill(
            due.astimezone(__import__("zoneinfo").ZoneInfo("Europe/Brussels")).strftime("%H:%M")
        )
        self.press("Next: Summary")
        expect(self.page.get_by_text("daily at 03:00 Europe/Brussels")).to_be_visible()
        self.page.screenshot(path=os.path.join(self.checks.folder, "wizard-summary.png"), full_page=True)
        self.checks.accessible(self.page, "wizard summary")
        self.guide("import-summary")
        self.press("Save and activate")
        self.title("nightly customers")
        self.look("import")
        self.press("Run Now")
        self.status("Error")
        expect(self.page.locator("#trigger .badge")).to_have_text("Pending")
        self.look("task-trigger")
        self.guide("trigger-pending")
        self.press("Stop", confirm="Stop this trigger")
        expect(self.page.locator("#trigger .badge")).to_have_text("Stopped")
        expect(self.page.locator("#trigger")).to_contain_text("Martha Keter")
        self.open("/console/imports")
        self.look("imports")

    def scheduled_send(self):
        self.open("/console/messages/new")
        self.page.get_by_label("Name", exact=True).fill("Spring news")
        self.page.get_by_label("Sender address").fill("news@example.org")
        self.page.get_by_label("Subject").fill("Spring, {{firstName}}")
        self.page.get_by_label("HTML").fill(HTML)
        self.press("Save")
        self.title("Spring news")
        self.look("message")
        self.press("Schedule it")
        tomorrow = (datetime.now(timezone.utc) + timedelta(days=1)).date().isoformat()
        self.page.get_by_label("Name", exact=True).fill("Spring to all")
        self.page.get_by_label("Goes to").select_option(label="List newsletter")
        self.page.get_by_label("Day").fill("2020-01-01")
        self.page.get_by_label("Time", exact=True).fill("09:00")
        self.page.screenshot(path=os.path.join(self.checks.folder, "send-new.png"), full_page=True)
        self.press("Schedule it")
        expect(self.page.locator("#f-day-error")).to_be_visible()
        self.page.get_by_label("Day").fill(tomorrow)
        self.press("Schedule it")
        self.title("Spring to all")
        expect(self.page.get_by_text("Will get it")).to_be_visible()
        self.look("send-scheduled")
        self.guide("send-scheduled")
        self.press("Cancel", confirm="Cancel this send")
        expect(self.page.get_by_role("status")).to_contain_text("never sent: 3")
        expect(self.page.locator(".actions .badge")).to_have_text("Cancelled")
        self.look("send-cancelled")
        self.guide("send-receipt")

    def export(self):
        self.open("/console/exports/new")
        self.page.get_by_label("Name", exact=True).fill("daily profiles")
        self.page.get_by_label("Export type and event").select_option(
            label="Profile: Created or updated"
        ) if self.page.get_by_label("Export type and event").locator(
            "option", has_text="Profile: Created or updated"
        ).count() else None
        self.page.screenshot(path=os.path.join(self.checks.folder, "export-general.png"), full_page=True)
        self.press("Next: Data")
        self.checks.accessible(self.page, "export data")
        self.page.get_by_label("Another name").first.or_(
            self.page.get_by_label(re.compile("^Header of")).first
        ).first.fill("profile_number")
        self.page.screenshot(path=os.path.join(self.checks.folder, "export-data.png"), full_page=True)
        self.press("Next: Format")
        expect(self.page.get_by_role("cell", name="ada@example.org")).to_be_visible()
        self.page.screenshot(path=os.path.join(self.checks.folder, "export-format.png"), full_page=True)
        self.checks.accessible(self.page, "export format")
        self.guide("export-preview")
        self.press("Next: Transfer")
        self.page.get_by_label("The first file begins").select_option("everything")
        self.page.screenshot(path=os.path.join(self.checks.folder, "export-transfer.png"), full_page=True)
        self.press("Next: Summary")
        self.checks.accessible(self.page, "export summary")
        self.page.screenshot(path=os.path.join(self.checks.folder, "export-summary.png"), full_page=True)
        self.press("Save and activate")
        self.title("daily profiles")
        self.press("Run now")
        self.status("Completed")
        self.look("task-export")
        self.press("Open the execution")
        self.look("export-run")
        self.guide("export-run")
        with self.page.expect_download() as download:
            self.press("Download the file")
        content = open(download.value.path(), "rb").read()
        with self.page.expect_download() as download:
            self.press("Download the manifest")
        manifest = json.load(open(download.value.path()))
        assert hashlib.sha256(content).hexdigest() == manifest["file"]["sha256"]
        assert content.startswith(b"profile_number;"), content[:60]
        assert content.count(b"\n") == 5, content
        box = os.path.join(self.server.data, "transferbox", "1")
        folder = os.path.join(self.folder, "delivered")
        os.makedirs(folder)
        for name in os.listdir(box):
            if name.startswith("daily-profiles"):
                shutil.copy(os.path.join(box, name), folder)
        assert len(os.listdir(folder)) == 2, os.listdir(folder)
        assert "no gap" in self.server.run("export", "verify", folder)
        names = os.listdir(folder)
        before = [os.stat(os.path.join(box, name)).st_mtime_ns for name in names]
        self.press("Deliver again", confirm="Deliver it again")
        self.status("Completed")
        after = [os.stat(os.path.join(box, name)).st_mtime_ns for name in names]
        assert all(one > other for one, other in zip(after, before)), (before, after)
        self.open("/console/exports")
        self.look("exports")
        self.page.get_by_role("link", name="daily profiles").click()
        self.look("export")

    def person(self):
        self.open("/console/profiles")
        self.look("profiles")
        self.page.get_by_label("E-mail address, mobile number").fill("ada@example.org")
        self.press("Search")
        self.page.get_by_role("link", name="ada@example.org").click()
        self.title("ada@example.org")
        self.look("profile")
        self.guide("profile")
        self.press("Edit")
        self.look("profile-edit")
        self.page.locator("#f-v-firstName").fill("Augusta Ada")
        self.press("Save")
        expect(self.page.get_by_text("Augusta Ada").first).to_be_visible()
        self.press("Unsubscribe")
        expect(self.page.get_by_text("Unsubscribed").first).to_be_visible()
        address = self.page.url
        self.press("Erase", confirm="Erase this person")
        self.title("The person is erased")
        self.guide("profile-erased")
        self.page.screenshot(path=os.path.join(self.checks.folder, "profile-erased.png"), full_page=True)
        self.checks.accessible(self.page, "profile-erased")
        assert self.page.goto(address).status == 404
        self.look("not-found")
        self.open("/console/profiles?q=ada%40example.org")
        expect(self.page.get_by_text("Nobody is found")).to_be_visible()

    def settings(self):
        self.open("/console/settings/locations/new?kind=folder")
        self.page.get_by_label("Name").fill("warehouse")
        folder = os.path.join(self.folder, "warehouse")
        os.makedirs(folder)
        self.page.get_by_label("Folder on this machine").fill(folder)
        self.press("Make the location")
        row = self.page.get_by_role("row").filter(has_text="warehouse")
        row.get_by_role("button", name="Test").click()
        expect(self.page.get_by_text("Every step passed.")).to_be_visible()
        self.open("/console/settings/locations")
        self.look("locations")
        self.open("/console/settings/users")
        self.page.get_by_label("Name").fill("Victor Glimpse")
        self.page.get_by_label("E-mail address").fill("victor@example.org")
        self.page.get_by_label("Viewer").check()
        self.press("Invite")
        self.viewer_link = self.page.locator(".secret").inner_text()
        self.open("/console/settings/users")
        self.look("users")
        self.open("/console/settings/tokens")
        self.look("tokens")
        self.open("/console/settings/webhooks")
        self.look("webhooks")
        self.open("/console/settings/audit")
        expect(self.page.get_by_text("profile.erase")).to_be_visible()
        self.look("audit")

    def viewer(self):
        context = self.context()
        page = context.new_page()
        page.goto(self.viewer_link)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Set the password and sign in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Home")
        answer = page.goto(self.server.base + "/console/settings/users")
        assert answer.status == 403, answer.status
        expect(page.get_by_role("heading", level=1)).to_have_text("Not allowed")
        page.screenshot(path=os.path.join(self.checks.folder, "forbidden.png"))
        token = page.locator("input[name=form]").first.get_attribute("value")
        answer = context.request.post(
            self.server.base + "/console/imports/1/run", form={"form": token}
        )
        assert answer.status == 403, answer.status
        # Signed in, but the form is not ours.
        answer = self.page.context.request.post(
            self.server.base + "/console/imports/1/run", form={"form": "0" * 64}
        )
        assert answer.status == 403, answer.status
        answer = self.page.context.request.post(
            self.server.base + "/console/imports/1/run",
            form={"form": token},
            headers={"Origin": "https://elsewhere.example"},
        )
        assert answer.status == 403, answer.status
        context.close()

    def keyboard(self):
        """A send of the keyboard alone: sign in, go to a task list, open and close a question."""
        context = self.context()
        page = context.new_page()
        page.goto(self.server.base + "/console/sign-in")
        page.keyboard.press("Tab")
        for text in ("martha@example.org", PASSWORD):
            page.keyboard.type(text)
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Home")
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()
        page.goto(self.server.base + "/console/imports/1")
        summary = page.locator("summary", has_text="Delete")
        summary.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Delete this import")).to_be_visible()
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Delete this import")).to_be_focused()
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", outline
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="Delete this import")).to_be_hidden()
        expect(summary).to_be_focused()
        context.close()

    def every_page(self):
        self.open("/console/")
        expect(self.page.get_by_text("Running now").first).to_be_visible()
        self.look("home")
        for name, path in (
            ("tasks", "/console/tasks"),
            ("tasks-none", "/console/tasks?text=nothing+like+this"),
            ("campaigns", "/console/campaigns"),
            ("sends", "/console/sends"),
            ("messages", "/console/messages"),
            ("tables", "/console/tables"),
            ("table", "/console/tables/profiles"),
            ("lists", "/console/lists"),
            ("list", "/console/lists/1"),
            ("searches", "/console/searches"),
            ("search-new", "/console/searches/new"),
            ("settings", "/console/settings"),
            ("account", "/console/account"),
            ("help", "/console/help/console"),
            ("import-edit", "/console/imports/1/edit"),
        ):
            self.open(path)
            self.look(name)
