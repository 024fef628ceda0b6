// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
internal import Database

/// The quarantine of a channel in memory, by hashes: whoever it lets pass is in none, whoever it does
/// not has to be looked up.
struct QuarantineScreen: Sendable {
    private var hashes: Set<UInt64> = []

    /// As many addresses as are kept in memory at most: some tens of megabytes.
    private static let most = 1_000_000

    /// The quarantine as it is now; nil when it is too large.
    init?(_ workspace: WorkspaceID, _ channel: ContactChannel, in connection: Connection) throws {
        var count = 0
        try connection.each(
            "SELECT hash FROM quarantine WHERE workspace_id = $1 AND channel = $2 LIMIT $3",
            [workspace, channel, QuarantineScreen.most + 1]
        ) { cursor in
            count += 1
            hashes.insert(UInt64(bitPattern: cursor.integer(0)))
            return true
        }
        guard count <= QuarantineScreen.most else { return nil }
    }

    /// Whether an address of a hash (`ContactChannel.hash(of:)`) may be in quarantine.
    func holds(_ hash: UInt64) -> Bool { hashes.contains(hash) }
}
