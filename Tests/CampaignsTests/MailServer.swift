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
    func stop() { program = nil }

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

    /// The recipients that a server which acts by chance has accepted, with their Message-IDs.
    func accepted() throws -> [String] {
        let text = try String(contentsOfFile: store.path("accepted.log"), encoding: .utf8)
        return text.split(separator: "\n").map(String.init)
    }

    /// The recipients of the accepted mails, in order of arrival.
    func recipients() throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: store.path)
        return try (0..<names.count { $0.hasSuffix(".json") }).map { index in
            let data = try Data(contentsOf: URL(fileURLWithPath: store.path("\(index + 1).json")))
            return try JSONDecoder().decode(Envelope.self, from: data).recipients.joined()
        }
    }

    /// The return paths of the accepted mails, in order of arrival.
    func senders() throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: store.path)
        return try (0..<names.count { $0.hasSuffix(".json") }).map { index in
            let data = try Data(contentsOf: URL(fileURLWithPath: store.path("\(index + 1).json")))
            return try JSONDecoder().decode(Envelope.self, from: data).sender
        }
    }

    private struct Envelope: Decodable {
        var sender: String
        var recipients: [String]
    }
}
