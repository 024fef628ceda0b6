// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import Database
import Messaging

/// Finds out what a token in an address stands for.
struct TokenReader: Sendable {
    private let services: PublicServices
    private let purpose: TrackingToken.Purpose

    init(_ services: PublicServices, _ purpose: TrackingToken.Purpose) {
        self.services = services
        self.purpose = purpose
    }

    /// The token of a text, once its workspace's key has confirmed it; nil for any other text.
    func token(
        _ text: String,
        url: String? = nil,
        in connection: Connection
    ) throws -> TrackingToken? {
        guard let claim = TrackingClaim(text), claim.purpose == purpose,
            let key = try services.trackingKey(claim.workspace, connection)
        else { return nil }
        return key.open(claim, url: url)
    }

    /// The token of a request, which has nothing else in its path.
    func token(of request: PublicRequest) async throws -> TrackingToken? {
        guard let text = request.path.first, request.path.count == 1 else { return nil }
        return try await services.database.read { try token(text, in: $0) }
    }
}

/// `/o/TOKEN`: the pixel.
struct OpeningEndpoint: PublicEndpoint {
    let name = "o"
    private let database: Database
    private let reader: TokenReader

    init(_ services: PublicServices) {
        database = services.database
        reader = TokenReader(services, .open)
    }

    func answer(_ request: PublicRequest) async throws -> Answer? {
        guard request.method.isReading, let token = try await reader.token(of: request) else {
            return nil
        }
        if !request.looksAhead { try await note(token) }
        return Answer(status: 200, mediaType: "image/gif", body: .bytes(OpeningEndpoint.pixel))
    }

    private func note(_ token: TrackingToken) async throws {
        let acts = MailActs(token.workspace)
        let now = database.time.now()
        let isNew = try await database.read {
            try acts.isOpeningNew(token.interaction, at: now, in: $0)
        }
        guard isNew else { return }
        try await database.write { try acts.opened(token.interaction, in: $0) }
    }

    /// One transparent pixel (GIF89a).
    private static let pixel: [UInt8] = [
        0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 0x01, 0x00, 0x01, 0x00, 0x80, 0x00, 0x00, 0xFF, 0xFF,
        0xFF, 0x00, 0x00, 0x00, 0x21, 0xF9, 0x04, 0x01, 0x00, 0x00, 0x00, 0x00, 0x2C, 0x00, 0x00,
        0x00, 0x00, 0x01, 0x00, 0x01, 0x00, 0x00, 0x02, 0x02, 0x44, 0x01, 0x00, 0x3B,
    ]
}

/// `/c/TOKEN`: a link.
///
/// It leads to the stored target that its token names, or to the recipient's own
/// target in `to`, which the token signs.
struct ClickEndpoint: PublicEndpoint {
    let name = "c"
    private let database: Database
    private let reader: TokenReader

    init(_ services: PublicServices) {
        database = services.database
        reader = TokenReader(services, .click)
    }

    func answer(_ request: PublicRequest) async throws -> Answer? {
        guard request.method.isReading, let text = request.path.first, request.path.count == 1,
            request.query.allSatisfy({ $0.name == "to" }), request.query.count < 2
        else { return nil }
        let target = request.query.first?.value
        guard let found = try await find(text, target), LinkRule.isWebAddress(found.url) else {
            return nil
        }
        if !request.looksAhead {
            let (token, link) = (found.token, found.link)
            try await database.write { transaction in
                try MailActs(token.workspace).clicked(token.interaction, link, in: transaction)
            }
        }
        var answer = PublicPage.page(302, "Moved", "")
        answer.headers.append((name: "Location", value: LinkRule.ascii(found.url)))
        return answer
    }

    private struct Found: Sendable {
        var token: TrackingToken
        var link: StoredLink
        var url: String
    }

    private func find(_ text: String, _ target: String?) async throws -> Found? {
        try await database.read { connection in
            guard let token = try reader.token(text, url: target, in: connection),
                let link = try LinkStore(token.workspace).link(token.link, in: connection),
                link.isPersonal == (target != nil)
            else { return nil }
            return Found(token: token, link: link, url: target ?? link.url)
        }
    }
}
