// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Common
import Database

/// One segmentation: its segments with whom they hold, and who changed.
enum SegmentationPage {
    static let routes: [Route] = [
        .get("segmentations/:id") { try await .page(show($0)) },
        .get("segmentations/:id/live") { visit in
            .live(
                LiveEvents {
                    let (found, counts) = try await visit.read { connection in
                        let found = try SegmentationsPages.segmentation(visit, connection)
                        let all = try SegmentationsPages.store(visit)
                            .counts(of: found, in: connection)
                        return (found, all.map(\.profiles))
                    }
                    return (segments(found, counts, visit).html(visit.view), true)
                }
            )
        },
    ]

    static func place(_ segmentation: Segmentation) -> String {
        "\(SegmentationsPages.path)/\(segmentation.id)"
    }

    private static func show(_ visit: Visit) async throws -> Page {
        let (found, table, changes) = try await visit.read { connection in
            let found = try SegmentationsPages.segmentation(visit, connection)
            let table = try ProfileTableStore(visit.workspace).table(found.table, in: connection)
            let changes = try SegmentChanges(found, table, newest: 10, visit.workspace, connection)
            return (found, table, changes)
        }
        var page = frame(found, visit)
        page.lead =
            "\(SegmentationsPages.kind(found.kind.rawValue)) segmentation of \(table.displayName)"
        page.actions = actions(found, visit)
        page.parts = [
            Live("\(place(found))/live", stays: true, segments(found, nil, visit)),
            changed(found, changes, visit),
            Section(
                "About this segmentation",
                [
                    Facts([
                        ("Technical name", "<code>\(found.name)</code>"),
                        ("Profile table", link(table.displayName, "/console/tables/\(table.name)")),
                        ("Last refresh", visit.view.time(found.refreshedAt)),
                        ("Keeps a history", found.hasHistory ? "yes" : "no"),
                    ])
                ]
            ),
        ]
        if found.refreshedAt == nil {
            page.parts.insert(
                Notice(.note, "Nobody is in it before its first refresh. Press Refresh now."),
                at: 0
            )
        }
        return page
    }

    private static func frame(_ segmentation: Segmentation, _ visit: Visit) -> Page {
        var page = Page(segmentation.displayName, .segmentations)
        page.crumbs = [("Segmentations", SegmentationsPages.path)]
        return page
    }

    private static func actions(_ segmentation: Segmentation, _ visit: Visit) -> [any Part] {
        guard visit.may(.manage) else { return [] }
        let place = place(segmentation)
        return [
            Button("Refresh now", "\(place)/refresh", "primary"),
            LinkButton("Edit", "\(place)/edit"),
            Button(
                "Delete",
                "\(place)/delete",
                "danger",
                asking: "Nobody is in its segments any more, and searches that name it find "
                    + "nothing from then on. The profiles stay, and what exports still have to "
                    + "tell of earlier changes too.",
                submit: "Delete this segmentation"
            ),
        ]
    }

    /// The segments in the order in which they are tried; counts are nil until they are known.
    private static func segments(
        _ segmentation: Segmentation,
        _ counts: [Int]?,
        _ visit: Visit
    ) -> Section {
        let rows = segmentation.segments.enumerated().map { index, segment -> [HTML] in
            let people = "\(place(segmentation))/people?segment=\(segment.id)"
            let name = name(of: segment, segmentation)
            return [
                link(name, people), condition(segment, name),
                counts.map { link(TimeText.count($0[index]), people) } ?? "…",
            ]
        }
        return Section(
            segmentation.kind == .simple ? "Whom it holds" : "Segments",
            note: segmentation.kind == .simple
                ? nil : "Tried in this order; everyone is in the first that fits, and in no other.",
            [
                Table(
                    "Segments",
                    [.init("Segment"), .init("Search", .grow), .init("Profiles", .number)],
                    rows: rows,
                    empty: Table.Empty("No segments", "Edit the segmentation.")
                )
            ]
        )
    }

    private static func condition(_ segment: Segmentation.Segment, _ name: String) -> HTML {
        guard let expression = segment.expression else { return "whoever is in no other" }
        let text = (try? JSONText.encode(expression)) ?? ""
        return "<code>\(text)</code>"
    }

    static func name(
        of segment: Segmentation.Segment,
        _ segmentation: Segmentation
    ) -> String {
        segment.name.isEmpty ? segmentation.displayName : segment.name
    }

    private static func changed(
        _ segmentation: Segmentation,
        _ changes: SegmentChanges,
        _ visit: Visit
    ) -> Section {
        let section = Section("Latest changes", [changes.table(segmentation, visit)])
        guard !changes.rows.isEmpty else { return section }
        return section.beside(LinkButton("All changes", "\(place(segmentation))/transitions"))
    }
}
