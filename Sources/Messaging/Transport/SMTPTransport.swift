// SPDX-License-Identifier: Apache-2.0

/// Hands mails to a relay over SMTP (RFC 5321) by libcurl.
///
/// Connections are kept between batches and closed when the transport goes away.
public final class SMTPTransport: MessageTransport {
    private let connections: [SMTPConnection]

    /// Makes a transport; connections are opened when mails come.
    ///
    /// - Throws: `MessagingError.setting` for options that cannot be used.
    public init(_ options: SMTPOptions) throws {
        let url = try options.url()
        connections = try (0..<options.connections).map { _ in
            try SMTPConnection(options, url: url)
        }
    }

    /// Hands over a batch, an equal share over each connection.
    ///
    /// When the relay cannot be reached, the rest of a share fails with the same reason at once.
    public func deliver(
        _ batch: [OutgoingMail],
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
