// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import Database
import Messaging

/// What gateways tell of text messages, at addresses with a token of ours:
/// `/sms/report/WORKSPACE/CONTACT/TOKEN`, `/sms/reply/WORKSPACE/ACCOUNT/TOKEN` and
/// `/sms/stop/WORKSPACE/ACCOUNT/TOKEN`.
///
/// By GET with a query, or by POST with a form. An address that is not ours looks like none.
struct TextCallbacks: Sendable {
    private let database: Database
    private let ground: TextGround

    init(_ database: Database, _ ground: TextGround) {
        self.database = database
        self.ground = ground
    }

    /// The answer; nil when the address is not ours.
    func answer(_ path: [String], _ values: [APIRequest.QueryItem]) async throws -> Answer? {
        guard let address = TextAddress(path: path), let token = path.last,
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
