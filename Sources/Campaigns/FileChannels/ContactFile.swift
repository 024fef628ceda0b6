// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import CSV
public import Common
public import Database
internal import Messaging

/// The file of a campaign for print, a call center or an audience: a line for each contact that is ready.
///
/// Taking it happens in two steps, so that a file which does not arrive can be made again: it is written
/// up to a contact, then these contacts are marked as taken. The deposit date of a contact is
/// the moment of the first time.
public struct ContactFile: Sendable {
    private static let chunk = 1_000

    private let workspace: WorkspaceID
    private let campaign: Campaign
    private let layout: FileLayout
    private let table: ProfileTable
    /// The last contact that belongs to the file.
    public let end: InteractionID

    /// The file of a campaign as it stands now.
    ///
    /// - Throws: ``CampaignError/noFile(_:)`` for a campaign of another channel.
    public init(
        _ workspace: WorkspaceID,
        _ campaign: Campaign,
        upTo end: InteractionID? = nil,
        in connection: Connection
    ) throws {
        guard let layout = campaign.content.file else {
            throw CampaignError.noFile(campaign.displayName)
        }
        self.workspace = workspace
        self.campaign = campaign
        self.layout = layout
        table = try ProfileTableStore(workspace).table(campaign.table, in: connection)
        if let end {
            self.end = end
        } else {
            let last: InteractionID?? = try connection.value(
                """
                SELECT max(i.id) FROM send s JOIN interaction i
                    ON i.workspace_id = s.workspace_id AND i.send_id = s.id
                WHERE s.workspace_id = $1 AND s.campaign_id = $2 AND i.state = 'ready'
                """,
                [workspace, campaign.id]
            )
            self.end = (last ?? nil) ?? InteractionID(0)
        }
    }

    /// Writes the lines, piece by piece; blocks.
    ///
    /// - Parameters:
    ///   - database: The database.
    ///   - all: Whether contacts that were taken before are written again.
    ///   - sink: Takes the bytes.
    /// - Returns: How many contacts stand in the file.
    /// - Throws: What the sink throws, or `DatabaseError`.
    public func write(
        from database: Database,
        all: Bool,
        to sink: ([UInt8]) throws -> Void
    ) throws -> Int {
        var csv = CSVWriter(delimiter: .comma, neutralizesFormulas: true)
        for name in layout.header { csv.append(name) }
        csv.endRecord()
        var lines = 0
        try eachPage(database, all: all) { connection, page in
            try append(page, to: &csv, connection)
            lines += page.count
            try sink(csv.bytes)
            csv.removeAll()
        }
        try sink(csv.bytes)
        return lines
    }

    /// Marks the contacts of the file as taken, once each; blocks.
    ///
    /// - Parameters:
    ///   - database: The database.
    ///   - check: Called in each transaction first; to hold a lease.
    /// - Returns: How many were not taken before.
    /// - Throws: What the check throws, or `DatabaseError`.
    @discardableResult
    public func take(
        in database: Database,
        _ check: (Transaction) throws -> Void = { _ in }
    ) throws -> Int {
        var taken = 0
        for send in try database.readBlocking(sends) {
            var last = InteractionID(0)
            while true {
                let page = try database.readBlocking { connection in
                    try self.page(of: send, after: last, all: false, connection)
                }
                guard let end = page.last?.id else { break }
                taken += try database.writeBlocking { transaction in
                    try check(transaction)
                    return try ActivityStore(workspace).record(
                        page.map { Activity(.downloaded, of: $0.id) },
                        in: transaction
                    ).count
                }
                last = end
            }
        }
        return taken
    }

    private func eachPage(
        _ database: Database,
        all: Bool,
        _ body: (Connection, [Interaction]) throws -> Void
    ) throws {
        for send in try database.readBlocking(sends) {
            var last = InteractionID(0)
            while true {
                let end = try database.readBlocking { connection -> InteractionID? in
                    let page = try page(of: send, after: last, all: all, connection)
                    if !page.isEmpty { try body(connection, page) }
                    return page.last?.id
                }
                guard let end else { break }
                last = end
            }
        }
    }

    /// The sends of the campaign, oldest first.
    private func sends(in connection: Connection) throws -> [SendID] {
        try connection.rows(
            "SELECT id FROM send WHERE workspace_id = $1 AND campaign_id = $2 ORDER BY id",
            [workspace, campaign.id]
        ).map { try $0.get("id") }
    }

    private func page(
        of send: SendID,
        after: InteractionID,
        all: Bool,
        _ connection: Connection
    ) throws -> [Interaction] {
        let fresh = """
            AND NOT EXISTS (SELECT 1 FROM activity a WHERE a.workspace_id = i.workspace_id
                AND a.interaction_id = i.id AND a.kind = 'downloaded')
            """
        return try connection.rows(
            """
            SELECT \(Interaction.columns) FROM interaction i
            WHERE i.workspace_id = $1 AND i.send_id = $2 AND i.id > $3 AND i.id <= $4
                AND i.state = 'ready' \(all ? "" : fresh)
            ORDER BY i.id LIMIT $5
            """,
            [workspace, send, after, end, ContactFile.chunk]
        ).map(Interaction.init)
    }

    /// Values as they are now; of someone who was erased meanwhile none is left.
    private func append(
        _ page: [Interaction],
        to csv: inout CSVWriter,
        _ connection: Connection
    ) throws {
        let people = try RecipientReader(table: table)
            .attributes(of: page.map(\.profile), in: connection)
        for (interaction, person) in zip(page, people) {
            csv.append(String(interaction.id.value))
            for column in layout.columns {
                let name = table.attribute(named: column)?.name ?? column
                csv.append(person.values[name]?.fileText ?? "")
            }
            csv.endRecord()
        }
    }
}

extension PersonalisationValue {
    /// The value as a cell of a file: several values with `|` between them.
    fileprivate var fileText: String {
        switch self {
        case .text(let text): text
        case .integer(let number): String(number)
        case .number(let number): Int64(exactly: number).map(String.init) ?? String(number)
        case .boolean(let flag): flag ? "true" : "false"
        case .list(let values): values.map(\.fileText).joined(separator: "|")
        case .record: ""
        }
    }
}
