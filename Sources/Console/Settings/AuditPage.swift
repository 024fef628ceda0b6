// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database

/// The audit log: who changed what, when, by which way.
enum AuditPage {
    static let path = "/console/settings/audit"

    static let routes: [Route] = [
        .get("settings/audit", .administer) { visit in
            let subject = visit.query.filled("subject")
            let before = visit.query.number("at")
            let entries = try await visit.read { connection in
                try AuditLog(visit.workspace)
                    .entries(on: subject, before: before, limit: 101, in: connection)
            }
            var page = Page("Audit log", .settings)
            page.parts = [
                SettingsRoutes.tabs(path),
                FormPart.filters(
                    path,
                    [
                        Field.text("subject", "On, such as user 3 or import 7", subject, "search")
                            .sized("wide")
                    ]
                ),
                Section(nil, [table(Array(entries.prefix(100)), entries.count > 100, visit)]),
            ]
            return .page(page)
        }
    ]

    private static func table(_ entries: [AuditEntry], _ hasMore: Bool, _ visit: Visit) -> Table {
        Table(
            "Audit log",
            [
                .init("When", .moment), .init("Who"), .init("What"), .init("On"),
                .init("Details", .grow),
            ],
            rows: entries.map { entry in
                let details = entry.details.sorted { $0.key < $1.key }
                    .map { "\($0.key): \($0.value)" }.joined(separator: ", ")
                return [
                    visit.view.time(entry.moment), HTML(escaping: entry.actor),
                    "<code>\(entry.action)</code>",
                    link(entry.subject, "\(path)?subject=\(Form.encode(entry.subject))"),
                    HTML(escaping: details),
                ]
            },
            empty: Table.Empty(
                "Nothing is written down",
                "Every change of people, settings and definitions stands here."
            )
        ).paged(
            first: visit.firstPage(path),
            next: visit.nextPage(path, hasMore ? entries.last.map { "\($0.id)" } : nil)
        )
    }
}
