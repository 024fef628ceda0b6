// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import Database
import Foundation
import Messaging

/// `/events/WORKSPACE`: bounces and complaints that a provider tells, signed as Standard Webhooks are.
struct EventEndpoint: PublicEndpoint {
    /// How old a message may be, or how far ahead of our clock.
    private static let tolerance = Span.minutes(5)

    let name = "events"
    private let services: PublicServices

    init(_ services: PublicServices) {
        self.services = services
    }

    func answer(_ request: PublicRequest) async throws -> Answer? {
        guard request.method == .post, let text = request.path.first, request.path.count == 1,
            let number = Int64(text), try await isSigned(request, WorkspaceID(number)),
            let id = request.header("webhook-id")
        else { return nil }
        guard let events = ProviderEvents(request.body) else {
            return EventEndpoint.text(400, "the body is no list of events")
        }
        let workspace = WorkspaceID(number)
        let count = try await services.database.write { [services] transaction in
            let key = try services.trackingKey(workspace, transaction)
            return try events.record(id: id, in: workspace, key: key, transaction)
        }
        return EventEndpoint.text(200, "recorded \(count)")
    }

    private func isSigned(_ request: PublicRequest, _ workspace: WorkspaceID) async throws -> Bool {
        guard let id = request.header("webhook-id"), (1...200).contains(id.utf8.count),
            let seconds = request.header("webhook-timestamp").flatMap(Int64.init),
            let signatures = request.header("webhook-signature")
        else { return false }
        let moment = Instant(seconds: seconds)
        let now = services.database.time.now()
        guard moment > now - EventEndpoint.tolerance, moment < now + EventEndpoint.tolerance else {
            return false
        }
        let secret = try await services.database.read { [services] connection in
            try services.eventSecret(workspace, connection)
        }
        return secret?.accepts(signatures, id: id, at: moment, body: request.body) ?? false
    }

    private static func text(_ status: Int, _ words: String) -> Answer {
        Answer(
            status: status,
            mediaType: "text/plain; charset=utf-8",
            body: .bytes(Array((words + "\n").utf8))
        )
    }
}
