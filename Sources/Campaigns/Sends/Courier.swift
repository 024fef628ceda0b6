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

    /// Composes what is likely to be handed over next; nothing of it leaves.
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
        var prepared: [Prepared] = []
    }

    /// A message that was composed ahead, with the address that it was composed for.
    private struct Prepared {
        var id: InteractionID
        var address: String?
        var composed: Composed<Composer.Message>
    }

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
        // What cannot be composed now is composed once it is claimed, and fails there.
        guard !group.isEmpty, let composed = try? await composer.compose(group) else { return }
        state.withLock { state in
            state.prepared = zip(group, composed).map {
                Prepared(id: $0.id, address: $0.address, composed: $1)
            }
        }
    }

    func handOver(
        _ group: [Interaction],
        to provider: Provider,
        mayStart: @escaping @Sendable () -> Bool
    ) async throws -> [HandedOver] {
        let composed = try await compose(group)
        try run.database.witness()
        try run.failpoints.pass("send.witnessed")
        guard let transport = state.withLock({ $0.transports[provider] }) else {
            throw CampaignError.noSuchRelay("number \(provider.number)")
        }
        let results = await transport.deliver(composed.compactMap(\.message), mayStart: mayStart)
        try run.failpoints.pass("send.handedOver")
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
                verdict: Verdict(result, attempts: interaction.attempts + 1, on: composer.channel),
                sign: ProviderHealth.sign(of: result)
            )
        }
    }

    /// Takes what was composed ahead, unless the address has changed meanwhile.
    private func compose(_ group: [Interaction]) async throws -> [Composed<Composer.Message>] {
        let prepared = state.withLock { state in
            defer { state.prepared = [] }
            return Dictionary(state.prepared.map { ($0.id, $0) }) { first, _ in first }
        }
        let missing = group.filter { item in
            prepared[item.id].map { $0.address != item.address } ?? true
        }
        var composed = try await composer.compose(missing).makeIterator()
        var fresh: [InteractionID: Composed<Composer.Message>] = [:]
        for item in missing { fresh[item.id] = composed.next() }
        return group.map { fresh[$0.id] ?? prepared[$0.id]?.composed ?? Composed() }
    }
}
