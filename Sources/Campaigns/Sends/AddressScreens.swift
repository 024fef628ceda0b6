// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
internal import Database

/// What keeps a send from looking up every address in the bans and the quarantine: both in memory, by
/// hashes, as they were a moment ago.
struct AddressScreens: Sendable {
    /// Nil when there are too many bans.
    let bans: BanScreen?
    /// Nil when too much is in quarantine.
    let quarantine: QuarantineScreen?
    private let readAt: Instant

    /// How old they get in a send that is planned for long: someone who is banned meanwhile may still be
    /// in what was planned this much later.
    private static let age = Span.seconds(5)

    /// Reads them anew; nil for a channel without addresses.
    init?(
        _ channel: Channel,
        _ workspace: WorkspaceID,
        at moment: Instant,
        in connection: Connection
    ) throws {
        guard let contact = channel.contact else { return nil }
        bans = try BanScreen(workspace, contact, in: connection)
        quarantine = try QuarantineScreen(workspace, contact, in: connection)
        readAt = moment
    }

    /// Whether they hold at a moment.
    func areFresh(at moment: Instant) -> Bool { moment - readAt <= AddressScreens.age }
}
