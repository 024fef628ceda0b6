// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Common
import Database

/// Segmentations: the list, and what can be done with one.
enum SegmentationsPages {
    static let path = "/console/segmentations"

    static let routes: [Route] =
        [
            .get("segmentations") { try await .page(list($0)) }, counts,
            .post("segmentations/:id/refresh") { visit, _ in try await refresh(visit) },
            .post("segmentations/:id/delete") { visit, _ in try await delete(visit) },
        ] + SegmentationEditor.routes + SegmentationPage.routes + SegmentationPeople.routes

    static func store(_ visit: Visit) -> SegmentationStore {
        SegmentationStore(visit.workspace, visit.services.rooms.searches)
    }

    /// The segmentation of the path.
    static func segmentation(_ visit: Visit, _ connection: Connection) throws -> Segmentation {
        do {
            return try store(visit).segmentation(SegmentationID(visit.id()), in: connection)
        } catch AudienceError.noSuchSegmentation {
            throw PageError.notFound("segmentation")
        }
    }

    private static func list(_ visit: Visit) async throws -> Page {
        let list = try await page(visit, visit.query.text("at"))
        var page = Page(
            "Segmentations",
            .segmentations,
            lead: "Who is in which group, computed once a day and after imports."
        )
        if visit.may(.manage) {
            page.actions = [LinkButton("New segmentation", "\(path)/new", "primary")]
        }
        let address = "\(path)/live/counts?\(visit.query.encoded)"
        page.parts = [
            Live(
                list.rows.isEmpty ? nil : address,
                stays: true,
                Section(nil, [table(list, [:], visit)])
            )
        ]
        return page
    }

    private static func page(_ visit: Visit, _ cursor: String) async throws -> ListPage {
        try await visit.read { connection in
            try ListPage(
                SegmentationStore.listing,
                cursor: cursor,
                in: visit.workspace,
                from: connection
            )
        }
    }

    /// The list with how many are in each, counted beside the page: a segment may have millions.
    private static let counts: Route = .get("segmentations/live/counts") { visit in
        let cursor = visit.query.text("at")
        return .live(
            LiveEvents {
                let list = try await page(visit, cursor)
                var totals: [Int64: Int] = [:]
                for row in list.rows {
                    totals[row.id] = try await visit.read { connection in
                        let store = store(visit)
                        let found = try store.segmentation(SegmentationID(row.id), in: connection)
                        return try store.counts(of: found, in: connection)
                            .reduce(0) { $0 + $1.profiles }
                    }
                }
                return (Section(nil, [table(list, totals, visit)]).html(visit.view), true)
            }
        )
    }

    private static func table(_ list: ListPage, _ totals: [Int64: Int], _ visit: Visit) -> Table {
        Table(
            "Segmentations",
            [
                .init("Segmentation", .grow), .init("Profile table"), .init("Kind"),
                .init("Profiles in it", .number), .init("Last refresh", .moment),
            ],
            rows: list.rows.map { row in
                let place = "\(path)/\(row.id)"
                return [
                    "\(link(row.text("display_name"), place))<span class=\"second\"><code>\(row.text("name"))</code></span>",
                    HTML(escaping: row.text("profile_table")),
                    HTML(escaping: kind(row.text("kind"))),
                    totals[row.id].map { link(TimeText.count($0), "\(place)/people") } ?? "…",
                    row.moment("refreshed").map { visit.view.time($0) } ?? "not yet",
                ]
            },
            empty: Table.Empty(
                "No segmentations yet",
                "A segmentation sorts people into groups by what is known of them, and keeps them up to date.",
                visit.may(.manage) ? link("Make a segmentation", "\(path)/new") : nil
            )
        ).paged(first: visit.firstPage(path), next: visit.nextPage(path, list.next))
    }

    /// `Simple` or `Exclusive`.
    static func kind(_ word: String) -> String { word.capitalisedFirst }

    private static func refresh(_ visit: Visit) async throws -> Reply {
        let task = try await visit.write { transaction, context in
            let found = try segmentation(visit, transaction)
            return try SegmentRefreshes(visit.workspace)
                .start(found.id, by: context, in: transaction)
        }
        let id = try visit.id()
        let place = task.map { "\(HistoryPage.path)/\($0)" } ?? "\(path)/\(id)"
        return .redirect(place, notice: "It is being computed.")
    }

    private static func delete(_ visit: Visit) async throws -> Reply {
        try await visit.write { transaction, context in
            let found = try segmentation(visit, transaction)
            try store(visit).delete(found.id, in: transaction)
            try log("segmentation.delete", found, context, transaction)
        }
        return .redirect(path, notice: "The segmentation is deleted.")
    }

    static func log(
        _ action: String,
        _ segmentation: Segmentation,
        _ context: Context,
        _ transaction: Transaction
    ) throws {
        try AuditLog(context.workspace).record(
            action,
            subject: "segmentation \(segmentation.id)",
            details: ["name": segmentation.name],
            by: context,
            in: transaction
        )
    }
}
