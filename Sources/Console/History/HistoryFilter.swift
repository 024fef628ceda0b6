// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Tasks

/// What of Task History someone wants to see, as the address of the page says it.
struct HistoryFilter: Sendable {
    /// How many tasks are looked through for a page when no index leads to them; 50,000 took 0.26 s
    /// in a debug build beside a test run, on SQLite with a million tasks.
    static let window: Int64 = 10_000

    var type: String
    var status: String
    var text: String
    var startedBy: String
    var from: Day?
    var until: Day?
    var importID: Int64?
    var campaignID: Int64?
    var exportID: Int64?
    var parentID: Int64?
    /// The campaign whose import triggers are wanted: the imports that triggered it.
    var triggered: Int64?
    var sort: String
    var isReversed: Bool
    var cursor: String

    init(_ query: Form) {
        (type, status) = (query.text("type"), query.text("status"))
        (text, startedBy) = (query.text("text"), query.text("by"))
        (from, until) = (Day(iso8601: query.text("from")), Day(iso8601: query.text("until")))
        (importID, campaignID) = (query.number("import"), query.number("campaign"))
        (exportID, parentID) = (query.number("export"), query.number("parent"))
        triggered = query.number("triggered")
        let word = query.text("sort")
        sort = ["type", "info", "status"].contains(word) ? word : ""
        isReversed = sort.isEmpty ? query.text("order") != "oldest" : query.text("order") == "down"
        cursor = query.text("at")
    }

    /// Whether anything is asked for.
    var isAny: Bool {
        type.isEmpty && status.isEmpty && text.isEmpty && startedBy.isEmpty && from == nil
            && until == nil && importID == nil && campaignID == nil && exportID == nil
            && parentID == nil && triggered == nil
    }

    private var indexed: [ListingFilter] {
        var filters: [ListingFilter] = []
        if !type.isEmpty { filters.append(.equals("type", .text(type))) }
        if !status.isEmpty { filters.append(.equals("status", .text(status))) }
        let subjects = [
            ("import_id", importID), ("campaign_id", campaignID), ("export_id", exportID),
            ("parent_id", parentID),
        ]
        for case (let name, let value?) in subjects {
            filters.append(.equals(name, .integer(value)))
        }
        return filters
    }

    private var scanned: [ListingFilter] {
        var filters: [ListingFilter] = []
        if !text.isEmpty { filters.append(.contains("info", text)) }
        if !startedBy.isEmpty { filters.append(.equals("started_by", .text(startedBy))) }
        return filters
    }

    /// Whether a page may have to look through tasks that it does not show.
    private var needsWindow: Bool { !scanned.isEmpty || indexed.count > 1 }

    /// A page of what is wanted.
    ///
    /// Where no index leads to the rows only a window of ids is looked through; ``ListPage/next`` then
    /// leads on behind it.
    func page(
        in workspace: WorkspaceID,
        zone: Zone,
        from connection: Connection
    ) throws -> (page: ListPage, lookedTo: Int64?) {
        if let triggered {
            return (try imports(triggering: triggered, workspace, connection), nil)
        }
        var filters = indexed + scanned
        filters += try period(workspace, zone, connection)
        guard needsWindow, sort.isEmpty, isReversed else {
            let page = try ListPage(
                TaskStore.listing,
                filters,
                sort: sort.isEmpty ? nil : sort,
                isReversed: isReversed,
                cursor: cursor,
                in: workspace,
                from: connection
            )
            return (page, nil)
        }
        return try windowed(filters, workspace, connection)
    }

    private func windowed(
        _ filters: [ListingFilter],
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws -> (page: ListPage, lookedTo: Int64?) {
        var top = ListCursor.place(cursor)?.key
        if top == nil {
            let newest = try TaskStore(workspace).newest(in: connection)
            top = (newest?.value ?? 0) + 1
        }
        let bottom = max(0, (top ?? 0) - HistoryFilter.window)
        var page = try ListPage(
            TaskStore.listing,
            filters + [.from("id", .integer(bottom))],
            cursor: cursor,
            in: workspace,
            from: connection
        )
        guard page.next == nil, bottom > 0 else { return (page, nil) }
        page.next = "\(bottom)"
        return (page, bottom)
    }

    /// The imports that triggered a campaign: what its trigger tasks follow from.
    private func imports(
        triggering campaign: Int64,
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws -> ListPage {
        let triggers = try ListPage(
            TaskStore.listing,
            [
                .equals("campaign_id", .integer(campaign)),
                .equals("type", .text("campaign_trigger")),
            ],
            cursor: cursor,
            in: workspace,
            from: connection
        )
        let parents = Set(triggers.rows.compactMap { $0.integer("parent_id") })
        var page = try ListPage(
            TaskStore.listing,
            [.anyOf("id", parents.sorted().map { .integer($0) })],
            in: workspace,
            from: connection
        )
        page.next = triggers.next
        return page
    }

    /// The period as a range of ids, which follow creation.
    private func period(
        _ workspace: WorkspaceID,
        _ zone: Zone,
        _ connection: Connection
    ) throws -> [ListingFilter] {
        guard let midnight = TimeOfDay("00:00") else { return [] }
        let store = TaskStore(workspace)
        var filters: [ListingFilter] = []
        if let from {
            let start = zone.instant(of: midnight, on: from)
            let id = try store.firstTask(madeFrom: start, in: connection)
            filters.append(.from("id", .integer(id.value)))
        }
        if let until {
            let end = zone.instant(of: midnight, on: until + 1)
            let id = try store.firstTask(madeFrom: end, in: connection)
            filters.append(.below("id", .integer(id.value)))
        }
        return filters
    }
}
