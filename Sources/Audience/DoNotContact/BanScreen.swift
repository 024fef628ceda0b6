// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// The bans of a channel in memory, by hashes: whoever it lets pass is not banned, whoever it does not
/// has to be looked up.
///
/// A send looks at a million addresses, of which few are banned; it costs a look-up of the address and,
/// for bans of erased people, a digest each otherwise.
public struct BanScreen: Sendable {
    private let channel: ContactChannel
    private var hashes: Set<UInt64> = []
    private var digests: Set<UInt64> = []

    /// As many bans as are kept in memory at most: some tens of megabytes.
    private static let most = 1_000_000

    /// The bans as they are now; nil when there are too many.
    public init?(
        _ workspace: WorkspaceID,
        _ channel: ContactChannel,
        in connection: Connection
    ) throws {
        self.channel = channel
        var count = 0
        try connection.each(
            """
            SELECT address FROM do_not_contact WHERE workspace_id = $1 AND channel = $2 LIMIT $3
            """,
            [workspace, channel, BanScreen.most + 1]
        ) { cursor in
            count += 1
            if let address = cursor.text(0) { add(address) }
            return true
        }
        guard count <= BanScreen.most else { return nil }
    }

    private mutating func add(_ address: String) {
        if let head = AddressDigest.head(ofText: address) {
            digests.insert(head)
        } else {
            hashes.insert(channel.hash(of: address))
        }
    }

    /// Whether an address of a hash (``ContactChannel/hash(of:)``) may be banned.
    public func holds(_ address: String, hash: UInt64) -> Bool {
        hashes.contains(hash)
            || !digests.isEmpty
                && digests.contains(AddressDigest.head(of: channel.folded(address)))
    }
}
