// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A running Tests/Servers/smtp_server.py, stopped when the test lets go of it.
public final class MailServer {
    /// A mail that was accepted.
    public struct Mail: Decodable, Sendable {
        /// The return path.
        public var sender: String
        /// To whom it goes.
        public var recipients: [String]
        /// Over which connection it came, from 1.
        public var connection: Int
        /// The content; nil in an envelope alone.
        public var content: [UInt8]?
    }

    /// Its port.
    public let port: Int
    private let store: TemporaryFolder
    private var program: PythonScript?

    /// Starts a server.
    ///
    /// - Throws: ``MissingTool`` when it does not start.
    public init(_ arguments: String...) throws {
        store = try TemporaryFolder()
        let program = try PythonScript("smtp_server.py", ["--store", store.path] + arguments)
        guard let port = Int(program.readLine()) else {
            throw MissingTool(description: "smtp_server.py did not start")
        }
        self.port = port
        self.program = program
    }

    /// Stops the server, so that its port refuses connections.
    public func stop() { program = nil }

    /// The accepted mails without their content, in order of arrival.
    public func envelopes() throws -> [Mail] {
        let count = try store.names().count { $0.hasSuffix(".json") }
        return try (0..<count).map { index in
            let envelope = Data(try store.read("\(index + 1).json"))
            return try JSONDecoder().decode(Mail.self, from: envelope)
        }
    }

    /// The accepted mails in order of arrival.
    public func mails() throws -> [Mail] {
        try envelopes().enumerated().map { index, envelope in
            var mail = envelope
            mail.content = try store.read("\(index + 1).eml")
            return mail
        }
    }

    /// The recipients of the accepted mails, in order of arrival.
    public func recipients() throws -> [String] { try envelopes().flatMap(\.recipients) }

    /// The return paths of the accepted mails, in order of arrival.
    public func senders() throws -> [String] { try envelopes().map(\.sender) }

    /// The recipients that a server which acts by chance has accepted, with their Message-IDs.
    public func accepted() throws -> [String] {
        String(decoding: try store.read("accepted.log"), as: UTF8.self)
            .split(separator: "\n").map(String.init)
    }
}
