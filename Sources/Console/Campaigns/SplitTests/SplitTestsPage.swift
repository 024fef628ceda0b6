// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Campaigns
import Common
import Database

/// Split tests: messages that are compared on a part of a target.
enum SplitTestsPage {
    static let path = "/console/split-tests"

    static let routes: [Route] =
        [.get("split-tests", .seeAllMessages) { try await .page(list($0)) }]
        + SplitTestEditor.routes + SplitTestPage.routes

    private static func list(_ visit: Visit) async throws -> Page {
        let cursor = visit.query.text("at")
        let list = try await visit.read { connection in
            try ListPage(
                SplitTestStore.listing,
                cursor: cursor,
                in: visit.workspace,
                from: connection
            )
        }
        var page = Page(
            "Split tests",
            .splitTests,
            lead: "Two to five messages compared on a part of a target; the best goes to the rest."
        )
        if visit.may(.manage) {
            page.actions = [LinkButton("New split test", "\(path)/new", "primary")]
        }
        page.parts = [
            Section(
                nil,
                [
                    Table(
                        "Split tests",
                        [
                            .init("Split test", .grow), .init("State"),
                            .init("Messages", .number), .init("Compared by"),
                            .init("Winner"), .init("Begins", .moment),
                        ],
                        rows: list.rows.map { row($0, visit) },
                        empty: Table.Empty(
                            "No split tests yet",
                            "Write two messages, and let some of the recipients show which is better.",
                            visit.may(.manage) ? link("Make a split test", "\(path)/new") : nil
                        )
                    ).paged(first: visit.firstPage(path), next: visit.nextPage(path, list.next))
                ]
            )
        ]
        return page
    }

    private static func row(_ row: ListPage.Row, _ visit: Visit) -> [HTML] {
        let messages = (try? JSONText.decode([Int64].self, from: row.text("messages"))) ?? []
        let winner = row.integer("winnerMessage").flatMap { messages.firstIndex(of: $0) }
        return [
            link(row.text("name"), "\(path)/\(row.id)"),
            badge(SplitState(rawValue: row.text("state")) ?? .scheduled),
            HTML(escaping: "\(messages.count)"),
            HTML(escaping: row.text("criterion") == "open" ? "opens" : "clicks"),
            HTML(escaping: winner.map { SplitTest.version($0) } ?? none(row)),
            visit.view.time(row.moment("scheduledAt")),
        ]
    }

    private static func none(_ row: ListPage.Row) -> String {
        row.isOn("tied") ? "a tie" : row.text("state") == "decided" ? "none" : ""
    }

    static func badge(_ state: SplitState) -> HTML {
        switch state {
        case .scheduled: Badge.status("new", "Scheduled")
        case .testing: Badge.status("executing", "Testing")
        case .decided: Badge.status("completed", "Decided")
        case .cancelled: Badge.status("stopped", "Cancelled")
        }
    }
}
