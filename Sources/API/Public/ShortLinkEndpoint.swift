// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import Database
import Messaging

/// `/s/CODE`: leads from a short link to its target and counts the first click of a message.
///
/// The target comes from the database, never from the request, so that nobody can make a link that
/// leads elsewhere.
struct ShortLinkEndpoint: PublicEndpoint {
    let name = "s"
    private let database: Database
    private let ground: TextGround

    init(_ services: PublicServices) {
        database = services.database
        ground = services.texts
    }

    func answer(_ request: PublicRequest) async throws -> Answer? {
        guard request.method.isReading, request.path.count == 1,
            let (link, code) = ShortLink.read(request.path[0]),
            link.isGenuine(code, try ground.key(link.workspace))
        else { return nil }
        let clicks = TextClicks(link)
        guard let target = try await database.read({ try clicks.target(in: $0) }) else {
            return nil
        }
        if !request.looksAhead {
            try await database.write { transaction in
                _ = try clicks.record(target, in: transaction)
            }
        }
        var answer = PublicPage.page(302, "Moved", "")
        answer.headers.append((name: "Location", value: LinkRule.ascii(target)))
        return answer
    }
}
