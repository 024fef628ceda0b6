// SPDX-License-Identifier: Apache-2.0
public import Common
import Foundation
import Tasks

/// An address that is told when tasks of the workspace end (spec/task-history.md).
public struct Webhook: Sendable, Hashable {
    /// Its id.
    public var id: WebhookID
    /// Where messages go: https, or http.
    public var url: String
    /// Only the ends of tasks of these types; of all when empty.
    public var types: [String]
    /// Whether it is told; a receiver that answers 410 switches it off.
    public var isActive: Bool
    /// When it was made.
    public var createdAt: Instant

    /// The name under which its secret is kept.
    public var secretName: String { "webhook \(id)" }

    /// The order by which deliveries follow the ends of tasks.
    var follower: TaskFollower {
        TaskFollower(
            type: WebhookDeliveryJob.taskType,
            subject: id.value,
            info: "Webhook \(id)",
            followed: Set(types)
        )
    }
}

/// What a webhook's fields may be.
///
/// Pure.
enum WebhookRule {
    /// Refuses a URL that no message can go to.
    ///
    /// Where the host lies is judged at each delivery.
    ///
    /// - Throws: ``CampaignError/refused(attribute:reason:)``.
    static func check(url: String) throws {
        guard url.utf8.count <= 2_000, let parts = URLComponents(string: url),
            let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let host = parts.host, !host.isEmpty
        else { throw refusal("url", "must be an https or http address") }
        guard parts.user == nil, parts.password == nil, parts.fragment == nil else {
            throw refusal("url", "must have no user, password or fragment")
        }
    }

    /// Refuses what is no name of a type of tasks.
    ///
    /// - Throws: ``CampaignError/refused(attribute:reason:)``.
    static func check(types: [String]) throws {
        let areNames = types.allSatisfy { name in
            (1...64).contains(name.utf8.count)
                && name.utf8.allSatisfy { (97...122).contains($0) || $0 == 95 }
        }
        guard areNames, types.count <= 100 else {
            throw refusal("types", "must be names of types of tasks, such as profile_import")
        }
    }

    private static func refusal(_ attribute: String, _ reason: String) -> CampaignError {
        .refused(attribute: attribute, reason: reason)
    }
}

/// The body of a message (Standard Webhooks, "Payload structure").
///
/// The ledger counts; neither it nor the words hold values of persons (spec/task-history.md).
enum WebhookBody {
    /// The body for the end of a task; that of a try without one when nil.
    ///
    /// - Throws: `EncodingError`.
    static func text(_ end: TaskEnd?, asked moment: Instant) throws -> String {
        guard let end else {
            return try JSONText.encode(
                [
                    "type": "webhook.test", "timestamp": .string(moment.description),
                    "data": .object([:]),
                ] as JSONValue
            )
        }
        let data: JSONValue = [
            "id": .integer(end.task.value), "type": .string(end.type),
            "info": .string(end.info), "status": .string(end.status.rawValue),
            "outcome": end.outcome.map(JSONValue.string) ?? .null, "ledger": end.ledger ?? .null,
            "started": end.started.map { .string($0.description) } ?? .null,
            "finished": .string(end.finished.description),
        ]
        return try JSONText.encode(
            [
                "type": .string("task.\(end.status.rawValue)"),
                "timestamp": .string(end.finished.description), "data": data,
            ] as JSONValue
        )
    }
}
