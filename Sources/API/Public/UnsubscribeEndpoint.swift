// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import Database
import Messaging

/// `/u/TOKEN`: the page on which recipients leave and come back; a POST of their mail program alone
/// makes them leave (RFC 8058).
///
/// A GET changes nothing: mail scanners follow links.
struct UnsubscribeEndpoint: PublicEndpoint {
    let name = "u"
    private let database: Database
    private let reader: TokenReader

    init(_ services: PublicServices) {
        database = services.database
        reader = TokenReader(services, .unsubscribe)
    }

    func answer(_ request: PublicRequest) async throws -> Answer? {
        guard request.method.isReading || request.method == .post,
            let token = try await reader.token(of: request)
        else { return nil }
        let wish = request.method == .post ? UnsubscribeWish(request) : nil
        let leaving = MailLeaving(token.workspace)
        if let wish {
            try await database.write { transaction in
                switch wish {
                case .leave(let source):
                    try leaving.leave(token.interaction, by: source, in: transaction)
                case .comeBack: try leaving.comeBack(token.interaction, in: transaction)
                }
            }
        }
        let standing = try await database.read {
            try leaving.standing(of: token.interaction, in: $0)
        }
        return standing.map { UnsubscribeEndpoint.page($0, after: wish) }
    }

    private static func page(_ standing: MailStanding, after wish: UnsubscribeWish?) -> Answer {
        let what =
            standing.list.map { "the list <b>\(Markup.escaped($0))</b>" } ?? "this sender"
        guard standing.isSubscribed else {
            let words = "<p>You get no more mails from \(what).</p>"
            let again = standing.isKnown ? form("subscribe", "Subscribe again") : ""
            return PublicPage.page(200, "Unsubscribed", words + again)
        }
        guard case .comeBack = wish else {
            let words = "<p>You get mails from \(what). You can end that here.</p>"
            return PublicPage.page(200, "Unsubscribe", words + form("unsubscribe", "Unsubscribe"))
        }
        let words = "<p>You get mails from \(what) again.</p>"
        return PublicPage.page(200, "Subscribed", words + form("unsubscribe", "Unsubscribe"))
    }

    private static func form(_ action: String, _ words: String) -> String {
        "<form method=\"post\"><button name=\"action\" value=\"\(action)\">\(words)</button></form>"
    }
}

/// What a POST to the page asks for.
enum UnsubscribeWish: Sendable, Equatable {
    case leave(by: ChangeSource)
    case comeBack

    /// Nil for a body that says nothing of the kind.
    init?(_ request: PublicRequest) {
        if request.mediaType == "multipart/form-data" {
            // RFC 8058 section 3.1 lets mail programs send either form.
            let text = String(decoding: request.body.prefix(4_096), as: UTF8.self)
            guard text.contains("name=\"List-Unsubscribe\""), text.contains("One-Click") else {
                return nil
            }
            self = .leave(by: .listUnsubscribe)
            return
        }
        let text = String(decoding: request.body.prefix(4_096), as: UTF8.self)
        let items = (try? FormText.items(text)) ?? []
        func value(_ name: String) -> String? { items.first { $0.name == name }?.value }
        if value("List-Unsubscribe") == "One-Click" {
            self = .leave(by: .listUnsubscribe)
        } else if value("action") == "unsubscribe" {
            self = .leave(by: .emailLink)
        } else if value("action") == "subscribe" {
            self = .comeBack
        } else {
            return nil
        }
    }
}
