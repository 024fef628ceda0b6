// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A running Tests/Servers/sms_provider.py, stopped when the test lets go of it.
public final class SMSProviderServer: Sendable {
    /// What the provider was sent.
    public struct Request: Decodable, Sendable {
        /// GET or POST.
        public var method: String
        /// The path and query.
        public var path: String
        /// The headers, names in lower case.
        public var headers: [String: String]
        /// The body.
        public var body: String
        /// Over which connection it came, from 1.
        public var connection: Int
    }

    private let store: TemporaryFolder
    private let program: PythonScript
    private let port: Int

    /// Starts a provider.
    ///
    /// - Throws: ``MissingTool`` when it does not start.
    public init() throws {
        store = try TemporaryFolder()
        program = try PythonScript("sms_provider.py", ["--store", store.path])
        guard let port = Int(program.readLine()) else {
            throw MissingTool(description: "sms_provider.py did not start")
        }
        self.port = port
    }

    /// The address of a path.
    public func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

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
