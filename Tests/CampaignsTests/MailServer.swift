// SPDX-License-Identifier: Apache-2.0
import Messaging
import TestSupport

extension MailServer {
    /// A transport to the server.
    func transport(connections: Int = 1) throws -> SMTPTransport {
        try SMTPTransport(
            SMTPOptions(
                host: "127.0.0.1",
                port: port,
                connections: connections,
                messageTimeout: 30
            )
        )
    }
}
