// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import CSV
public import Common
public import Database
internal import Messaging

/// The file of a campaign for print, a call center or an audience: a line for each contact that is ready.
///
/// Taking it happens in two steps, so that a file which does not arrive can be made again: it is written,
/// then its contacts are marked as taken. Both steps see what a tick of the change clock has seen, so that
/// who becomes ready between them belongs to the next file. The deposit date of a contact is the
/// moment of the first time.
public struct ContactFile: Sendable {
    private static let chunk = 1_000

    private let workspace: WorkspaceID
    private let campaign: Campaign
    private let layout: FileLayout
    private let table: ProfileTable
    private let tick: Tick

    /// The file of a campaign as it stood at a tick.
    ///
    /// - Throws: ``CampaignError/noFile(_:)`` for a campaign of another channel.
    public init(
        _ workspace: WorkspaceID,
        _ campaign: Campaign,
        asOf tick: Tick,
        in connection: Connection
    ) throws {
        guard let layout = campaign.content.file else {
            throw CampaignError.noFile(campaign.displayName)
        }
        self.workspace = workspace
        self.campaign = campaign
        self.layout = layout
        self.tick = tick
        table = try ProfileTableStore(workspace).table(campaign.table, in: connection)
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
        try eachPage(database, all: all) { page in
            try database.readBlocking { try append(page, to: &csv, $0) }
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
        try eachPage(database, all: false) { page in
            taken += try database.writeBlocking { transaction in
                try check(transaction)
                return try ActivityStore(workspace).deposit(page, in: transaction)
            }
        }
        return taken
    }

    /// Goes through the contacts of the file in the order of their sends and ids.
    private func eachPage(
        _ database: Database,
        all: Bool,
        _ body: ([Interaction]) throws -> Void
    ) throws {
        for send in try database.readBlocking({ try sends(all: all, in: $0) }) {
            var last = InteractionID(0)
            while true {
                let page = try database.readBlocking { connection in
                    try self.page(of: send, after: last, all: all, connection)
                }
                guard let end = page.last?.contact.id else { break }
                let seen = page.filter { tick.hasSeen($0.stamp) }.map(\.contact)
                if !seen.isEmpty { try body(seen) }
                last = end
            }
        }
    }

    /// The sends of the campaign, oldest first; all of them, or those of which the counts say that not
    /// everybody who is ready was taken.
    private func sends(all: Bool, in connection: Connection) throws -> [SendID] {
        let isLeft = """
            AND (SELECT coalesce(
                    sum(CASE WHEN c.measure = 'ready' THEN c.total ELSE -c.total END), 0)
                FROM campaign_count c WHERE c.workspace_id = s.workspace_id
                AND c.campaign_id = s.campaign_id AND c.send_id = s.id
                AND c.measure IN ('ready', 'downloaded')) > 0
            """
        return try connection.rows(
            """
            SELECT s.id FROM send s
            WHERE s.workspace_id = $1 AND s.campaign_id = $2 \(all ? "" : isLeft) ORDER BY s.id
            """,
            [workspace, campaign.id]
        ).map { try $0.get("id") }
    }

    /// Contacts that may have been ready at the tick, with the stamps of the changes that made them so.
    private func page(
        of send: SendID,
        after: InteractionID,
        all: Bool,
        _ connection: Connection
    ) throws -> [(contact: Interaction, stamp: Stamp)] {
        let fresh = """
            AND NOT EXISTS (SELECT 1 FROM activity a WHERE a.workspace_id = i.workspace_id
                AND a.interaction_id = i.id AND a.kind = 'downloaded')
            """
        return try connection.rows(
            """
            SELECT \(Interaction.columns), stamp FROM interaction i
            WHERE i.workspace_id = $1 AND i.send_id = $2 AND i.id > $3 AND i.stamp < $4
                AND i.state = 'ready' \(all ? "" : fresh)
            ORDER BY i.id LIMIT $5
            """,
            [workspace, send, after, tick.bounds.max, ContactFile.chunk]
        ).map { (try Interaction($0), try $0.get("stamp")) }
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
