// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
public import Database

extension QuarantineStore {
    /// The quarantines as they can be listed; the address is that of the interaction, until it is
    /// erased.
    public static let listing = Listing(
        from: """
            quarantine q LEFT JOIN interaction i \
            ON i.workspace_id = q.workspace_id AND i.id = q.interaction_id
            """,
        scope: "q.workspace_id",
        key: "q.id",
        columns: [
            ListingColumn("id", "q.id", .integer), ListingColumn("channel", "q.channel", .text),
            ListingColumn("cause", "q.cause", .text),
            ListingColumn("address", "i.address", .text).orNull,
            ListingColumn("subscriber_id", "i.profile_id", .integer).orNull,
            ListingColumn("occurrences", "q.occurrences", .integer),
            ListingColumn("since", "q.since", .moment),
            ListingColumn("until", "q.ends_at", .moment).orNull,
        ]
    )

    /// The causes for which each of many addresses is in quarantine now; those without are left out.
    func causes(
        of addresses: [String?],
        _ channel: ContactChannel,
        at moment: Instant,
        in connection: Connection
    ) throws -> [Int: Set<QuarantineCause>] {
        guard try !isEmpty(channel, in: connection) else { return [:] }
        let keys = addresses.map { $0.flatMap { QuarantineKey(channel, $0) } }
        var found: [Int: Set<QuarantineCause>] = [:]
        let lookup = Lookup(
            table: "quarantine",
            key: "hash",
            columns: ["digest", "cause", "ends_at"],
            keys: keys.map { $0.map { .integer($0.hash) } ?? .null },
            fixed: [("workspace_id", workspace.sql), ("channel", channel.sql)],
            order: "hash"
        )
        try connection.lookup(lookup) { position, cursor in
            let until = try Instant?(sql: cursor.value(2))
            guard until.map({ moment < $0 }) ?? true, cursor.text(0) == keys[position]?.digest,
                let cause = cursor.text(1).flatMap(QuarantineCause.init)
            else { return }
            found[position, default: []].insert(cause)
        }
        return found
    }

    private func isEmpty(_ channel: ContactChannel, in connection: Connection) throws -> Bool {
        try connection.row(
            "SELECT id FROM quarantine WHERE workspace_id = $1 AND channel = $2 LIMIT 1",
            [workspace, channel]
        ) == nil
    }
}
