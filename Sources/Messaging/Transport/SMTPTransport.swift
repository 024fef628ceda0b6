// SPDX-License-Identifier: Apache-2.0

/// Hands mails to a relay over SMTP (RFC 5321), connected by libcurl.
///
/// Connections are kept between batches and closed when the transport goes away.
public final class SMTPTransport: MessageTransport {
    private let connections: [SMTPConnection]

    /// Makes a transport; connections are opened when mails come.
    ///
    /// - Throws: `MessagingError.setting` for options that cannot be used.
    public init(_ options: SMTPOptions) throws {
        let url = try options.url()
        connections = (0..<options.connections).map { _ in SMTPConnection(options, url: url) }
    }

    /// Hands over a batch; each connection takes the next mail as it is free.
    ///
    /// When the relay cannot be reached, the rest of the batch fails with the same reason at once.
    public func deliver(
        _ batch: [OutgoingMail],
        mayStart: @escaping @Sendable () -> Bool
    ) async -> [DeliveryResult] {
        let used = connections.prefix(max(1, batch.count))
        let shared = MailBatch(batch, connections: used.count, mayStart: mayStart)
        await withTaskGroup(of: Void.self) { group in
            for (number, connection) in used.enumerated() {
                group.addTask { await connection.deliver(shared, as: number) }
            }
        }
        return shared.results
    }
}
