// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database
internal import Messaging
internal import Synchronization
internal import Tasks

/// A message of one channel, or why there is none.
struct Composed<Message: Sendable>: Sendable {
    var message: Message?
    var failure: Exclusion?
    var detail: String?
}

/// Personalises and builds the messages of one channel.
protocol MessageComposer: Sendable {
    associatedtype Message: Sendable
    /// The channel.
    var channel: Channel { get }
    /// Composes the messages of a group, in its order.
    func compose(_ group: [Interaction]) async throws -> [Composed<Message>]
}

/// What became of one message, and what it says of who was to take it.
struct HandedOver: Sendable, Equatable {
    var verdict: Verdict
    var sign: ProviderHealth.Sign
}

/// Hands groups over, whatever their channel.
protocol Courier: Sendable {
    /// By whom messages can go now, the preferred one first.
    func providers(in connection: Connection) throws -> [(provider: Provider, name: String)]

    /// Whether a group may be claimed while the one before is handed over.
    var goesAhead: Bool { get }

    /// Composes a group that is handed over next; nothing of it leaves.
    func prepare(_ group: [Interaction]) async

    /// Composes a group and hands it over; no message starts once `mayStart` says no.
    func handOver(
        _ group: [Interaction],
        to provider: Provider,
        mayStart: @escaping @Sendable () -> Bool
    ) async throws -> [HandedOver]
}

/// The messages of a composer, by the routes of a routing.
final class ChannelCourier<Composer: MessageComposer>: Courier {
    private let composer: Composer
    private let routing: any Routing<Composer.Message>
    private let run: TaskRun
    private let state = Mutex(State())

    private struct State {
        var transports: [Provider: any MessageTransport<Composer.Message>] = [:]
        /// The messages of a group by its first one.
        var prepared: [InteractionID: [Composed<Composer.Message>]] = [:]
    }

    var goesAhead: Bool { true }

    init(_ composer: Composer, _ routing: any Routing<Composer.Message>, _ run: TaskRun) {
        self.composer = composer
        self.routing = routing
        self.run = run
    }

    func providers(in connection: Connection) throws -> [(provider: Provider, name: String)] {
        let routes = try routing.routes(of: run.task.workspace, in: connection)
        state.withLock { state in
            for route in routes { state.transports[route.provider] = route.transport }
        }
        return routes.map { ($0.provider, $0.name) }
    }

    func prepare(_ group: [Interaction]) async {
        // What cannot be composed now is composed as it is handed over, and fails there.
        guard let first = group.first, let composed = try? await composer.compose(group) else {
            return
        }
        state.withLock { $0.prepared[first.id] = composed }
    }

    func handOver(
        _ group: [Interaction],
        to provider: Provider,
        mayStart: @escaping @Sendable () -> Bool
    ) async throws -> [HandedOver] {
        let prepared = state.withLock { state in
            group.first.flatMap { state.prepared.removeValue(forKey: $0.id) }
        }
        let composed = if let prepared { prepared } else { try await composer.compose(group) }
        try await run.database.blocking { [run] in try run.database.witness() }
        try run.failpoints.pass("send.witnessed")
        guard let transport = state.withLock({ $0.transports[provider] }) else {
            throw CampaignError.noSuchRelay("number \(provider.number)")
        }
        let results = await transport.deliver(composed.compactMap(\.message), mayStart: mayStart)
        try run.failpoints.pass("send.handedOver")
        return HandedOver.pair(group, composed, results, on: composer.channel)
    }
}

extension HandedOver {
    /// What became of each message of a group, of which those without a failure were handed over.
    static func pair<Message>(
        _ group: [Interaction],
        _ composed: [Composed<Message>],
        _ results: [DeliveryResult],
        on channel: Channel
    ) -> [HandedOver] {
        var next = results.makeIterator()
        return zip(group, composed).map { interaction, item in
            if let failure = item.failure {
                return HandedOver(
                    verdict: .given(up: failure, detail: item.detail),
                    sign: .nothing
                )
            }
            let result = next.next() ?? .notStarted
            return HandedOver(
                verdict: Verdict(result, attempts: interaction.attempts + 1, on: channel),
                sign: ProviderHealth.sign(of: result)
            )
        }
    }
}
