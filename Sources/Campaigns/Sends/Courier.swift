// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database
internal import Messaging
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

/// Hands a group over, whatever its channel.
protocol Courier: Sendable {
    /// Composes a group and hands it over; no message starts once `mayStart` says no.
    func handOver(
        _ group: [Interaction],
        _ run: TaskRun,
        mayStart: @escaping @Sendable () -> Bool
    ) async throws -> [Verdict]
}

/// The messages of a composer, by a transport that takes them.
struct ChannelCourier<Composer: MessageComposer>: Courier {
    let composer: Composer
    let transport: any MessageTransport<Composer.Message>

    func handOver(
        _ group: [Interaction],
        _ run: TaskRun,
        mayStart: @escaping @Sendable () -> Bool
    ) async throws -> [Verdict] {
        let composed = try await composer.compose(group)
        try run.database.witness()
        try run.failpoints.pass("send.witnessed")
        let results = await transport.deliver(composed.compactMap(\.message), mayStart: mayStart)
        try run.failpoints.pass("send.handedOver")
        var next = results.makeIterator()
        return zip(group, composed).map { interaction, item in
            if let failure = item.failure { return .given(up: failure, detail: item.detail) }
            let result = next.next() ?? .notStarted
            return Verdict(result, attempts: interaction.attempts + 1, on: composer.channel)
        }
    }
}
