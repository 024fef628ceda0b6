// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import Database
import Messaging

/// What gateways tell of text messages, at addresses with a token of ours:
/// `/sms/report/WORKSPACE/CONTACT/TOKEN`, `/sms/reply/WORKSPACE/ACCOUNT/TOKEN` and
/// `/sms/stop/WORKSPACE/ACCOUNT/TOKEN`.
///
/// By GET with a query, or by POST with a form. Gateways call as often as messages leave, so that only
/// requests without a token of ours are counted.
struct TextCallbackEndpoint: PublicEndpoint {
    let name = TextAddress.root
    let isLimited = false
    private let database: Database
    private let ground: TextGround

    init(_ services: PublicServices) {
        database = services.database
        ground = services.texts
    }

    func answer(_ request: PublicRequest) async throws -> Answer? {
        guard let values = try values(request), let address = TextAddress(path: request.path),
            let token = request.path.last,
            address.isGenuine(token, try ground.key(address.workspace))
        else { return nil }
        let given = TextCallbackValues(values)
        switch address {
        case .report(let workspace, let interaction):
            let report = given.report
            try await database.write { transaction in
                _ = try TextReports(workspace)
                    .record(report, of: interaction, in: transaction)
            }
        case .replies(let workspace, _):
            guard let number = given.number, let text = given["text"] else { return refusal }
            let rules = ground.rules
            try await database.write { transaction in
                let words = try rules(workspace, transaction).stopWords
                _ = try TextReplies(workspace)
                    .record(text, from: number, words, in: transaction)
            }
        case .stops(let workspace, _):
            guard let number = given.number else { return refusal }
            try await database.write { transaction in
                _ = try TextReplies(workspace).stop(number, in: transaction)
            }
        }
        // Kannel would send the body of an answer to the recipient.
        return Answer(status: 200, mediaType: "text/plain; charset=utf-8", body: .bytes([]))
    }

    private func values(_ request: PublicRequest) throws -> [APIRequest.QueryItem]? {
        guard request.method == .post else {
            return request.method == .get ? request.query : nil
        }
        let text = String(decoding: request.body.prefix(20_000), as: UTF8.self)
        return request.query + (try FormText.items(text))
    }

    private var refusal: Answer {
        Answer(
            status: 400,
            mediaType: "text/plain; charset=utf-8",
            body: .bytes(Array("from, and text of a reply, are needed\n".utf8))
        )
    }
}

/// The values of a callback by name; long ones are cut.
struct TextCallbackValues {
    private let values: [String: String]

    init(_ items: [APIRequest.QueryItem]) {
        values = Dictionary(items.map { ($0.name.lowercased(), String($0.value.prefix(2_000))) }) {
            first,
            _ in first
        }
    }

    subscript(name: String) -> String? { values[name] }

    /// The number that a message came from.
    var number: String? { values["from"] ?? values["number"] ?? values["msisdn"] }

    /// A report in Kannel's words (`type`, `answer`), or in another gateway's (`status`, `error`).
    var report: DeliveryReport {
        if values["type"] != nil || values["answer"] != nil {
            return DeliveryReport(
                kannelKind: values["type"].flatMap { Int($0) },
                receipt: values["answer"] ?? ""
            )
        }
        return DeliveryReport(state: values["status"], error: values["error"])
    }
}
