// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
public import Messaging

/// What a provider tells of mails that came back or that were called spam.
///
/// As JSON: `{"events":[{"type":"bounce","message_id":"1.7@example.org","recipient":"ann@example.com",
/// "status":"5.1.1","words":"550 user unknown"}]}`. `type` is `bounce` or `complaint`; `return_path` may
/// stand in place of `message_id`; `status` and `words` may be left out.
public struct ProviderEvents: Sendable, Codable {
    /// What became of one mail.
    public struct Event: Sendable, Codable {
        var type: String
        var messageID: String?
        var recipient: String?
        var returnPath: String?
        var status: String?
        var words: String?

        enum CodingKeys: String, CodingKey {
            case type, recipient, status, words
            case messageID = "message_id"
            case returnPath = "return_path"
        }
    }

    /// At most so many at once.
    public static let most = 1_000

    /// The events.
    public var events: [Event]

    /// Reads a body; nil for what is no list of events, or too long a one.
    public init?(_ body: [UInt8]) {
        let text = String(decoding: body, as: UTF8.self)
        guard let read = try? JSONText.decode(ProviderEvents.self, from: text),
            read.events.count <= ProviderEvents.most
        else { return nil }
        self = read
    }

    /// Records the events, each once however often the provider tells it.
    ///
    /// - Parameters:
    ///   - id: The id of the provider's message.
    ///   - workspace: The workspace.
    ///   - key: The workspace's key.
    ///   - transaction: A transaction.
    /// - Returns: How many were recorded.
    /// - Throws: `DatabaseError`.
    public func record(
        id: String,
        in workspace: WorkspaceID,
        key: TrackingKey?,
        _ transaction: Transaction
    ) throws -> Int {
        // A provider tells of the workspace that has it, and of no other.
        let recorder = BounceRecorder(workspace: workspace, isShared: false) { _, _ in key }
        var count = 0
        for (position, event) in events.enumerated() {
            let digest = MailDigest.text(of: Array("event \(id) \(position)".utf8))
            let outcome = try recorder.record(event.report, digest: digest, in: transaction)
            if outcome == .bounce || outcome == .complaint { count += 1 }
        }
        return count
    }
}

extension ProviderEvents.Event {
    /// The event as a mail would say it.
    var report: MailReport {
        let origin = MailOrigin(
            returnPath: returnPath,
            messageID: messageID,
            recipient: recipient
        )
        switch type {
        case "bounce": return MailReport(origin, status: status, words: words ?? "")
        case "complaint": return .complaint(origin)
        default: return .other("an event of another type")
        }
    }
}
