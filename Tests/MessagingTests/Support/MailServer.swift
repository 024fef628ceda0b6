// SPDX-License-Identifier: Apache-2.0
import Foundation
import Messaging
import TestSupport

/// A running Tests/Servers/smtp_server.py, stopped when the test lets go of it.
final class MailServer {
    let port: Int
    private let store: TemporaryFolder
    private var program: PythonScript?

    init(_ arguments: String...) throws {
        store = try TemporaryFolder()
        let program = try PythonScript("smtp_server.py", ["--store", store.path] + arguments)
        guard let port = Int(program.readLine()) else {
            throw MissingTool(description: "smtp_server.py did not start")
        }
        self.port = port
        self.program = program
    }

    /// Stops the server, so that its port refuses connections.
    func stop() {
        program = nil
    }

    func transport(
        security: SMTPOptions.Security = .plain,
        login: SMTPOptions.Login? = nil,
        connections: Int = 1
    ) throws -> SMTPTransport {
        try SMTPTransport(
            SMTPOptions(
                host: "127.0.0.1",
                port: port,
                security: security,
                login: login,
                connections: connections,
                messageTimeout: 30
            )
        )
    }

    /// The accepted mails in order of arrival.
    func mails() throws -> [Mail] {
        let count = try store.names().count { $0.hasSuffix(".json") }
        return try (0..<count).map { index in
            let envelope = try store.bytes(of: "\(index + 1).json")
            var mail = try JSONDecoder().decode(Mail.self, from: Data(envelope))
            mail.content = try store.bytes(of: "\(index + 1).eml")
            return mail
        }
    }

    struct Mail: Decodable {
        var sender: String
        var recipients: [String]
        var connection: Int
        var content: [UInt8]? = nil
    }
}
