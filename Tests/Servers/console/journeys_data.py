# SPDX-License-Identifier: Apache-2.0
"""The journeys through data: segmentations, rows of custom tables, the pace of an import."""
import json
import os
import sqlite3

from playwright.sync_api import expect


class DataJourneys:
    def segmentations(self):
        self.open("/console/segmentations")
        expect(self.page.get_by_text("No segmentations yet")).to_be_visible()
        self.look("segmentations-empty")
        self.press("New segmentation")
        self.look("segmentation-new")
        self.page.get_by_role("link", name="Exclusive: one of several segments").click()
        self.page.get_by_label("Technical name").fill("tongue")
        self.page.get_by_label("Display name").fill("Language spoken")
        self.page.get_by_label("Keep a history of who changed").check()
        self.page.get_by_label("Name of segment 1").fill("english")
        self.page.get_by_label("Condition of segment 1 as JSON").fill('{"attribute": "tongue", "is": "en"}')
        self.press("Add another segment")
        expect(self.page.get_by_label("Name of segment 4")).to_be_visible()
        self.page.get_by_label("Segment of whoever is in no other").fill("others")
        self.press("Save")
        expect(self.page.locator("#f-condition-0-error")).to_contain_text("no attribute tongue")
        expect(self.page.locator("#f-condition-0")).to_be_focused()
        self.page.screenshot(
            path=os.path.join(self.checks.folder, "segmentation-wrong.png"), full_page=True
        )
        self.checks.accessible(self.page, "segmentation-wrong")
        self.page.get_by_label("Condition of segment 1 as JSON").fill(
            '{"attribute": "language", "is": "en"}'
        )
        self.press("Save")
        self.title("Language spoken")
        self.press("Refresh now")
        self.status("Completed")
        self.open("/console/segmentations")
        self.page.get_by_role("link", name="Language spoken").click()
        self.title("Language spoken")
        row = self.page.get_by_role("row").filter(has_text="english")
        expect(row.get_by_role("link", name="3", exact=True)).to_be_visible()
        expect(self.page.get_by_text("All changes")).to_be_visible()
        self.look("segmentation")
        row.get_by_role("link", name="3", exact=True).click()
        self.title("english")
        expect(self.page.get_by_role("link", name="ada@example.org")).to_be_visible()
        self.look("segmentation-people")
        self.page.go_back()
        self.press("All changes")
        self.look("segmentation-changes")
        self.open("/console/segmentations")
        expect(self.page.get_by_role("link", name="4", exact=True)).to_be_visible()
        self.look("segmentations")
        self.page.get_by_role("link", name="Language spoken").click()
        self.press("Edit")
        self.look("segmentation-edit")

    def custom_rows(self):
        self.server.run(
            "table", "create", "orders", "--kind", "linkedData", "--display-name", "Orders",
            "--key", "orderNumber", "--attribute", "orderNumber:string",
            "--attribute", "amount:number", "--attribute", "paid:boolean",
            "--attribute", "orderedOn:date",
        )
        self.open("/console/tables")
        self.page.get_by_role("link", name="Orders", exact=True).click()
        self.title("Orders")
        self.look("custom-table")
        self.press("Rows")
        expect(self.page.get_by_text("No rows yet")).to_be_visible()
        self.press("New row")
        self.page.locator("#f-v-userId").fill("u2")
        self.page.get_by_label("orderNumber").fill("2026-0815")
        self.page.get_by_label("amount").fill("a lot")
        self.press("Create the row")
        expect(self.page.locator("#f-v-amount-error")).to_be_visible()
        self.page.get_by_label("amount").fill("39.95")
        self.page.get_by_label("orderedOn").fill("2026-11-29")
        self.look("custom-row-new")
        self.page.get_by_label("amount").fill("39.95")
        self.press("Create the row")
        self.title("Orders 2026-0815")
        self.look("custom-row")
        self.press("Edit")
        self.page.get_by_label("amount").fill("40")
        self.press("Save")
        expect(self.page.get_by_text("Saved.")).to_be_visible()
        self.open("/console/tables/orders/rows")
        self.look("custom-rows")
        self.page.get_by_label("orderNumber").fill("2026-0815")
        self.press("Search")
        self.page.get_by_role("link", name="2026-0815").click()
        self.press("Delete", confirm="Delete this row")
        expect(self.page.get_by_text("No rows yet")).to_be_visible()

    def import_pace(self):
        """The pace as checkpoints leave it; an import of the walk is over too soon to have one."""
        path = self.server.environment["MILLRACE_DATABASE"].removeprefix("sqlite:")
        if not os.path.exists(path):
            return
        with sqlite3.connect(path, timeout=60) as database:
            [[task, began]] = database.execute(
                "SELECT id, started_at FROM task WHERE type = 'profile_import'"
                " AND finished_at IS NOT NULL ORDER BY id LIMIT 1"
            ).fetchall()
            history = {
                "step": 1,
                "moments": [began // 1_000 + second * 1_000 for second in range(40)],
                "counts": [second * 9_000 + second % 7 * 800 for second in range(40)],
            }
            database.execute(
                "UPDATE task SET progress_history = ? WHERE workspace_id = 1 AND id = ?",
                [json.dumps(history), task],
            )
        self.open(f"/console/tasks/{task}")
        expect(self.page.get_by_role("heading", name="Rows per second")).to_be_visible()
        expect(self.page.get_by_role("img", name="Rows per second")).to_be_visible()
        self.look("task-pace")
