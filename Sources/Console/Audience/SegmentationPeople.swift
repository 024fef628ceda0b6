// SPDX-License-Identifier: Apache-2.0
import API
import Audience
import Common
import Database

/// Who is in the segments of a segmentation, and who changed; page by page.
enum SegmentationPeople {
    static let routes: [Route] = [
        .get("segmentations/:id/people") { try await .page(people($0)) },
        .get("segmentations/:id/transitions") { try await .page(transitions($0)) },
    ]

    private static func people(_ visit: Visit) async throws -> Page {
        let wanted = visit.query.number("segment").map { SegmentID($0) }
        let cursor = visit.query.text("at")
        let (found, table, list, names) = try await visit.read { connection in
            let found = try SegmentationsPages.segmentation(visit, connection)
            let table = try ProfileTableStore(visit.workspace).table(found.table, in: connection)
            var filters: [ListingFilter] = [.equals("segmentation", .integer(found.id.value))]
            if let wanted { filters.append(.equals("segment", .integer(wanted.value))) }
            let list = try ListPage(
                SegmentationStore.members,
                filters,
                cursor: cursor,
                in: visit.workspace,
                from: connection
            )
            let ids = list.rows.compactMap { $0.integer("profile").map { ProfileID($0) } }
            return (found, table, list, try ProfileNames.read(ids, table, connection))
        }
        let all = found.segments + found.retired
        let segment = all.first { $0.id == wanted }
        var page = Page(
            segment.map { SegmentationPage.name(of: $0, found) } ?? "People",
            .segmentations
        )
        page.crumbs = [
            ("Segmentations", SegmentationsPages.path),
            (found.displayName, SegmentationPage.place(found)),
        ]
        page.lead = "As the last refresh left it."
        let address = "\(SegmentationPage.place(found))/people"
        page.parts = [
            Section(
                nil,
                [
                    Table(
                        "People",
                        [.init("Profile", .grow), .init("Segment")],
                        rows: list.rows.map { row in
                            let profile = ProfileID(row.integer("profile") ?? 0)
                            let own = all.first { $0.id.value == row.integer("segment") }
                            return [
                                person(profile, names, table),
                                HTML(
                                    escaping: own.map { SegmentationPage.name(of: $0, found) } ?? ""
                                ),
                            ]
                        },
                        empty: Table.Empty(
                            "Nobody is in it",
                            "Nobody fitted when it was last computed; a refresh looks again."
                        )
                    ).paged(
                        first: visit.firstPage(address),
                        next: visit.nextPage(address, list.next)
                    )
                ]
            )
        ]
        return page
    }

    private static func transitions(_ visit: Visit) async throws -> Page {
        let cursor = visit.query.text("at")
        let (found, changes) = try await visit.read { connection in
            let found = try SegmentationsPages.segmentation(visit, connection)
            let table = try ProfileTableStore(visit.workspace).table(found.table, in: connection)
            return (
                found, try SegmentChanges(found, table, cursor: cursor, visit.workspace, connection)
            )
        }
        var page = Page("Changes of \(found.displayName)", .segmentations)
        page.crumbs = [
            ("Segmentations", SegmentationsPages.path),
            (found.displayName, SegmentationPage.place(found)),
        ]
        let address = "\(SegmentationPage.place(found))/transitions"
        page.parts = [
            Section(
                nil,
                [
                    changes.table(found, visit).paged(
                        first: visit.firstPage(address),
                        next: visit.nextPage(address, changes.next)
                    )
                ]
            )
        ]
        return page
    }

    static func person(
        _ profile: ProfileID,
        _ names: [ProfileID: String],
        _ table: ProfileTable
    ) -> HTML {
        guard let name = names[profile] else { return "Profile \(profile), deleted" }
        return link(name, "\(ProfilesPage.path)/\(table.name)/\(profile)")
    }
}

/// Some changes of a segmentation, with the names of the people.
struct SegmentChanges: Sendable {
    var rows: [ListPage.Row]
    var next: String?
    var names: [ProfileID: String]
    var table: ProfileTable

    init(
        _ segmentation: Segmentation,
        _ table: ProfileTable,
        newest: Int? = nil,
        cursor: String = "",
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws {
        let filters: [ListingFilter] = [
            .equals("segmentation", .integer(segmentation.id.value))
        ]
        let listing = SegmentationStore.transitions
        if let newest {
            rows = try ListPage.newest(
                newest,
                listing,
                filters,
                in: workspace,
                from: connection
            )
        } else {
            let page = try ListPage(
                listing,
                filters,
                cursor: cursor,
                in: workspace,
                from: connection
            )
            (rows, next) = (page.rows, page.next)
        }
        let ids = rows.compactMap { $0.integer("profile").map { ProfileID($0) } }
        names = try ProfileNames.read(ids, table, connection)
        self.table = table
    }

    func table(_ segmentation: Segmentation, _ visit: Visit) -> Table {
        Table(
            "Changes",
            [.init("Profile", .grow), .init("Was"), .init("Is"), .init("When", .moment)],
            rows: rows.map { row in
                [
                    SegmentationPeople.person(ProfileID(row.integer("profile") ?? 0), names, table),
                    SegmentChanges.word(row.text("previous")),
                    SegmentChanges.word(row.text("new")),
                    visit.view.time(row.moment("eventAt")),
                ]
            },
            empty: segmentation.hasHistory
                ? Table.Empty("No changes yet", "Each refresh writes down who changed.")
                : Table.Empty(
                    "No history is kept",
                    "Edit the segmentation to have changes written down for the exports."
                )
        )
    }

    /// `in` and `out` for a simple one's `true` and `false`, or the segment's name.
    private static func word(_ value: String) -> HTML {
        switch value {
        case "true": "in"
        case "false": "out"
        case "": "<span class=\"none\">none</span>"
        default: HTML(escaping: value)
        }
    }
}
