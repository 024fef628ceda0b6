// SPDX-License-Identifier: Apache-2.0
import Common
import Foundation

/// A running Tests/Servers/webhook_receiver.py, stopped when the test lets go of it.
public final class WebhookReceiver: Sendable {
    /// What the receiver was sent.
    public struct Request: Decodable, Sendable {
        /// The path and query.
        public var path: String
        /// The headers, names in lower case.
        public var headers: [String: String]
        /// The body.
        public var body: String
        /// Whether the receiver found the signature right.
        public var isSigned: Bool
    }

    private let store: TemporaryFolder
    private let program: PythonScript
    private let port: Int

    /// Starts a receiver that verifies with a secret, which can be told later.
    ///
    /// - Throws: ``MissingTool`` when it does not start.
    public init(secret: String = "") throws {
        store = try TemporaryFolder()
        program = try PythonScript("webhook_receiver.py", ["--store", store.path])
        guard let port = Int(program.readLine()) else {
            throw MissingTool(description: "webhook_receiver.py did not start")
        }
        self.port = port
        try expect(secret: secret)
    }

    /// Tells the secret by which the next requests are verified.
    public func expect(secret: String) throws {
        try Data(secret.utf8).write(to: URL(fileURLWithPath: store.path("secret")))
    }

    /// The address of a path.
    public func url(_ path: String, host: String = "127.0.0.1") -> String {
        "http://\(host):\(port)\(path)"
    }

    /// The requests in order of arrival.
    public func requests() throws -> [Request] {
        var found: [Request] = []
        while let data = FileManager.default
            .contents(atPath: store.path("\(found.count + 1).json"))
        {
            found.append(try JSONDecoder().decode(Request.self, from: data))
        }
        return found
    }
}
