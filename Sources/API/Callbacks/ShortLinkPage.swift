// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import Database
import Messaging

/// `/s/CODE`: leads from a short link to its target and counts the first click of a message.
///
/// The target comes from the database, never from the request, so that nobody can make a link that
/// leads elsewhere.
struct ShortLinkPage: Sendable {
    /// The first part of the path.
    static let root = "s"

    private let database: Database
    private let ground: TextGround

    init(_ database: Database, _ ground: TextGround) {
        self.database = database
        self.ground = ground
    }

    /// The answer; nil when there is no such link.
    ///
    /// A HEAD request does not count as a click.
    func answer(_ path: [String], isHead: Bool) async throws -> Answer? {
        guard path.count == 2, path[0] == ShortLinkPage.root,
            let (link, code) = ShortLink.read(path[1]),
            link.isGenuine(code, try ground.key(link.workspace))
        else { return nil }
        let clicks = TextClicks(link)
        guard let target = try await database.read({ try clicks.target(in: $0) }) else {
            return nil
        }
        if !isHead {
            try await database.write { transaction in
                _ = try clicks.record(target, in: transaction)
            }
        }
        return Answer(
            status: 302,
            mediaType: "text/plain; charset=utf-8",
            headers: [(name: "Location", value: ShortLinkPage.ascii(target))],
            body: .bytes([])
        )
    }

    /// An address as a header can carry it: what is no visible ASCII is escaped (RFC 3987, 3.1).
    static func ascii(_ address: String) -> String {
        var text = ""
        for byte in address.utf8 {
            if (0x21...0x7E).contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                text += "%" + (byte < 16 ? "0" : "") + digits
            }
        }
        return text
    }
}
