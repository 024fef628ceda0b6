// SPDX-License-Identifier: Apache-2.0
public import Common

/// Hands text messages to a gateway over HTTP by libcurl.
///
/// Connections are kept between batches and closed when the transport goes away. A message is never
/// handed over again by itself once its request has left.
public final class GatewayTransport: MessageTransport {
    private let connections: [ProviderConnection]

    /// A transport to Kannel.
    ///
    /// - Parameters:
    ///   - gateway: The gateway.
    ///   - connections: How many connections a batch is spread over, at least 1.
    ///   - allowsInside: Whether it may be on this machine or in a private network.
    ///   - timeLimit: How long one message may take; 30 seconds unless given.
    /// - Throws: ``MessagingError/setting(name:problem:)`` when the HTTP library does not start.
    public convenience init(
        _ gateway: KannelGateway,
        connections: Int = 1,
        allowsInside: Bool = false,
        timeLimit: Span = .seconds(30)
    ) throws {
        try self.init(any: gateway, connections, allowsInside, timeLimit)
    }

    /// A transport to a provider with an interface of its own; parameters as for Kannel.
    public convenience init(
        _ provider: HTTPProvider,
        connections: Int = 1,
        allowsInside: Bool = false,
        timeLimit: Span = .seconds(30)
    ) throws {
        try self.init(any: provider, connections, allowsInside, timeLimit)
    }

    private init(
        any gateway: any TextGateway,
        _ connections: Int,
        _ allowsInside: Bool,
        _ timeLimit: Span
    ) throws {
        let milliseconds = Int(max(1, timeLimit.microseconds / 1_000))
        self.connections = try (0..<max(1, connections)).map { _ in
            try ProviderConnection(
                gateway,
                allowsInside: allowsInside,
                milliseconds: milliseconds
            )
        }
    }

    /// Hands over a batch, an equal share over each connection.
    public func deliver(
        _ batch: [OutgoingText],
        mayStart: @escaping @Sendable () -> Bool
    ) async -> [DeliveryResult] {
        let size = max(1, (batch.count + connections.count - 1) / connections.count)
        return await withTaskGroup(of: (Int, [DeliveryResult]).self) { group in
            for (index, connection) in connections.enumerated() where index * size < batch.count {
                let share = batch[(index * size)..<min((index + 1) * size, batch.count)]
                group.addTask { (index, await connection.deliver(share, mayStart: mayStart)) }
            }
            var shares = [[DeliveryResult]](repeating: [], count: connections.count)
            for await (index, results) in group { shares[index] = results }
            return shares.flatMap { $0 }
        }
    }
}
