// SPDX-License-Identifier: Apache-2.0
import API
import Audience
import Campaigns
import Common
import Database
import Imports
import Tasks

extension TaskRows {
    /// Who was targeted by the sends of a task, by state or reason.
    static func people(_ visit: Visit) async throws -> Page {
        let id = TaskID(try visit.id())
        let (state, status) = (visit.query.text("state"), visit.query.text("status"))
        let cursor = visit.query.text("at")
        let found = try await visit.read { connection in
            let sends = try sends(of: id, visit.workspace, connection)
            guard !sends.isEmpty else { throw PageError.notFound("list") }
            return try PeoplePage(sends, state, status, cursor, visit.workspace, connection)
        }
        var page = Page(found.title(state, status), .history)
        page.crumbs = [
            ("Task History", HistoryPage.path), ("Task \(id)", "\(HistoryPage.path)/\(id)"),
        ]
        let place = "\(HistoryPage.path)/\(id)/people"
        page.parts = [
            Section(
                nil,
                [
                    found.table(visit).paged(
                        first: visit.firstPage(place),
                        next: visit.nextPage(place, found.page.next)
                    )
                ]
            )
        ]
        return page
    }

    /// The sends of a send task, or those that an import triggered.
    private static func sends(
        of id: TaskID,
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws -> [SendID] {
        if let send = try SendStore(workspace).send(ofTask: id, in: connection) { return [send] }
        return try ImportTriggerStore(workspace).triggers(of: id, in: connection)
            .compactMap(\.send)
    }
}

/// One page of the people of some sends.
struct PeoplePage: Sendable {
    var page: ListPage
    private var names: [ProfileID: String] = [:]
    private var table = "profiles"

    init(
        _ sends: [SendID],
        _ state: String,
        _ status: String,
        _ cursor: String,
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws {
        var filters: [ListingFilter] = [.anyOf("send", sends.map { .integer($0.value) })]
        var states: [InteractionState] = []
        var event: ContactEvent?
        switch state {
        case "": break
        case "bounced":
            states = [.sent]
            filters.append(.equals("bounced", .boolean(true)))
        case "delivered":
            states = [.sent]
            filters.append(.equals("bounced", .boolean(false)))
        case "opened": event = .open
        case "clicked": event = .click
        case "unsubscribed": event = .unsubscription
        case "notSent": states = [.notSent, .inDoubt, .stopped]
        default:
            guard let one = InteractionState(rawValue: state) else {
                throw PageError.notFound("list")
            }
            states = [one]
        }
        if !status.isEmpty { filters.append(.equals("status", .text(status))) }
        try self.init(states, event, filters, cursor, workspace, connection)
    }

    /// Those of some sends that are in some states.
    init(
        _ sends: [SendID],
        states: [InteractionState],
        _ cursor: String,
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws {
        try self.init(
            states,
            nil,
            [.anyOf("send", sends.map { .integer($0.value) })],
            cursor,
            workspace,
            connection
        )
    }

    private init(
        _ states: [InteractionState],
        _ event: ContactEvent?,
        _ filters: [ListingFilter],
        _ cursor: String,
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws {
        page = try ListPage(
            SendStore.people(in: states, having: event),
            filters,
            cursor: cursor,
            in: workspace,
            from: connection
        )
        guard let first = page.rows.first, let campaign = first.integer("campaign") else { return }
        let over = try ProfileTableStore(workspace).table(
            CampaignStore(workspace).campaign(CampaignID(campaign), in: connection).table,
            in: connection
        )
        table = over.name
        names = try ProfileNames.read(
            page.rows.compactMap { $0.integer("profile").map { ProfileID($0) } },
            over,
            connection
        )
    }

    func title(_ state: String, _ status: String) -> String {
        if !status.isEmpty { return "Not sent: \(Reason.words(status))" }
        return switch state {
        case "sent": "Sent"
        case "notSent": "Not sent"
        case "inDoubt": "In doubt"
        case "stopped": "Stopped before it left"
        case "bounced": "Bounced"
        case "delivered": "Delivered"
        case "opened": "Opened it"
        case "clicked": "Clicked a link"
        case "unsubscribed": "Unsubscribed by it"
        default: "Targeted"
        }
    }

    func table(_ visit: Visit) -> Table {
        Table(
            "People",
            [
                .init("Profile", .grow), .init("Address then", .grow), .init("State"),
                .init("Reason", .grow), .init("When", .moment),
            ],
            rows: page.rows.map { row in
                let profile = ProfileID(row.integer("profile") ?? 0)
                return [
                    link(
                        names[profile] ?? "Profile \(profile)",
                        "/console/profiles/\(table)/\(profile)"
                    ),
                    HTML(escaping: row.text("address")),
                    Badge.status(row.text("state"), Reason.state(row.text("state"))),
                    HTML(escaping: Reason.words(row.text("status"))),
                    visit.view.time(row.moment("eventAt") ?? row.moment("createdAt")),
                ]
            },
            empty: Table.Empty("Nobody", "Nobody stands in this list.")
        )
    }
}

extension Reason {
    /// `in flight` for `inFlight`.
    static func state(_ state: String) -> String {
        switch state {
        case "notSent": "Not sent"
        case "inDoubt": "In doubt"
        case "inFlight": "In flight"
        default: state.capitalisedFirst
        }
    }
}
