// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
public import Messaging
internal import Tasks

/// A mailbox into which mails come back.
public struct BounceMailbox: Sendable, Hashable {
    /// Its number.
    public var id: Int64
    /// Where it is.
    public var address: MailboxAddress
    /// How many hours lie between two collections.
    public var hours: Int
    /// When it was made.
    public var createdAt: Instant
    var schedule: ScheduleID

    /// The name under which its password is sealed.
    public var secretName: String { BounceMailbox.secretName(id) }

    static func secretName(_ id: Int64) -> String { "bounce mailbox \(id)" }
}

/// The mailboxes of a workspace into which mails come back.
public struct BounceMailboxStore: Sendable {
    private let workspace: WorkspaceID

    /// The mailboxes of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Makes a mailbox, which is read every so many hours from then on.
    ///
    /// - Throws: ``CampaignError/refused(attribute:reason:)``.
    public func create(
        _ address: String,
        hours: Int,
        by context: Context,
        in transaction: Transaction
    ) throws -> BounceMailbox {
        guard let place = MailboxAddress(address) else {
            throw CampaignError.refused(
                attribute: "address",
                reason: "must be imaps://USER@HOST/NAME or maildir:/PATH, without a password"
            )
        }
        guard (1...168).contains(hours),
            let recurrence = Recurrence(.hourly(every: hours, from: context.moment), in: .utc)
        else {
            throw CampaignError.refused(attribute: "hours", reason: "must be from 1 to 168")
        }
        let id = try transaction.allocate(1, .bounceMailbox, in: workspace)
        let schedule = try ScheduleStore(workspace).create(
            try task(id, place),
            recurrence: recurrence,
            isActive: true,
            by: context,
            in: transaction
        )
        try transaction.execute(
            """
            INSERT INTO bounce_mailbox (workspace_id, id, address, hours, schedule_id, created_at,
                created_by)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            [
                workspace, id, place.description, hours, schedule, context.moment, context.actor,
            ]
        )
        return BounceMailbox(
            id: id,
            address: place,
            hours: hours,
            createdAt: context.moment,
            schedule: schedule
        )
    }

    /// Reads a mailbox now.
    ///
    /// - Returns: The task; nil when one is under way.
    /// - Throws: ``CampaignError/refused(attribute:reason:)`` when there is no such mailbox.
    public func collect(
        _ id: Int64,
        by context: Context,
        in transaction: Transaction
    ) throws -> TaskID? {
        guard let mailbox = try mailbox(id, in: transaction) else {
            throw CampaignError.refused(attribute: "id", reason: "there is no mailbox \(id)")
        }
        return try TaskStore(workspace)
            .enqueue(try task(id, mailbox.address), by: context, in: transaction)
    }

    /// Removes a mailbox; its mails stay where they are.
    public func delete(_ id: Int64, in transaction: Transaction) throws {
        guard let mailbox = try mailbox(id, in: transaction) else { return }
        try ScheduleStore(workspace).delete(mailbox.schedule, in: transaction)
        try transaction.execute(
            "DELETE FROM bounce_mailbox WHERE workspace_id = $1 AND id = $2",
            [workspace, id]
        )
    }

    /// A mailbox by its number.
    public func mailbox(_ id: Int64, in connection: Connection) throws -> BounceMailbox? {
        try all(in: connection).first { $0.id == id }
    }

    /// All mailboxes in the order of their numbers.
    public func all(in connection: Connection) throws -> [BounceMailbox] {
        try connection.rows(
            """
            SELECT id, address, hours, schedule_id, created_at FROM bounce_mailbox
            WHERE workspace_id = $1 ORDER BY id
            """,
            [workspace]
        ).compactMap { row in
            guard let address = MailboxAddress(try row.get("address")) else { return nil }
            return BounceMailbox(
                id: try row.get("id"),
                address: address,
                hours: try row.get("hours"),
                createdAt: try row.get("created_at"),
                schedule: try row.get("schedule_id")
            )
        }
    }

    /// The mailboxes as they can be listed.
    public static let listing = Listing(
        from: "bounce_mailbox b",
        scope: "b.workspace_id",
        key: "b.id",
        columns: [
            ListingColumn("id", "b.id", .integer), ListingColumn("address", "b.address", .text),
            ListingColumn("hours", "b.hours", .integer),
            ListingColumn("cdate", "b.created_at", .moment),
        ]
    )

    private func task(_ id: Int64, _ address: MailboxAddress) throws -> NewTask {
        try NewTask(
            BounceCollectionJob.taskType,
            info: address.description,
            parameters: BounceCollectionOrder(mailbox: id),
            lane: "mailbox:\(id)"
        )
    }
}
