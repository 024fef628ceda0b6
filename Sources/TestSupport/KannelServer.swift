// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A running Tests/Servers/kannel.py: Kannel, its fakesmsc and an SMPP operator, all stopped when the
/// test lets go of it.
public final class KannelServer: Sendable {
    /// A message that the operator took.
    public struct Taken: Sendable, Hashable {
        /// The sender.
        public var sender: String
        /// The number.
        public var recipient: String
        /// 0 for the GSM alphabet, 8 for UCS-2.
        public var coding: Int
        /// The header that says which part it is, in hexadecimal; `-` for a single message.
        public var header: String
        /// The content.
        public var content: [UInt8]
    }

    private let store: TemporaryFolder
    private let program: PythonScript
    /// The port of sendsms.
    public let port: Int

    /// Starts Kannel, which sends replies of phones to an address.
    ///
    /// - Throws: ``MissingTool`` when it does not start.
    public init(replies: String = "http://127.0.0.1:1/") throws {
        store = try TemporaryFolder()
        program = try PythonScript(
            "kannel.py",
            ["--store", store.path, "--replies", replies]
        )
        guard let port = Int(program.readLine()) else {
            throw MissingTool(description: "Kannel did not start: run scripts/setup.sh --test")
        }
        self.port = port
    }

    /// The address of sendsms.
    public var url: String { "http://127.0.0.1:\(port)/cgi-bin/sendsms" }
    /// The user that may send.
    public static let user = "shop"
    /// The user's password.
    public static let password = "p&ss w0rd"

    /// Sets the receipts by number: the state and the error of each.
    public func answer(_ receipts: [String: (state: String, error: String)]) throws {
        let lines = receipts.map { "\($0.key) \($0.value.state) \($0.value.error)\n" }
        try Data(lines.joined().utf8)
            .write(to: URL(fileURLWithPath: store.path("receipts.txt")), options: .atomic)
    }

    /// What the operator took, in order.
    public func taken() throws -> [Taken] {
        let text = FileManager.default.contents(atPath: store.path("operator.txt")) ?? Data()
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map { line in
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            return Taken(
                sender: String(words[0]),
                recipient: String(words[1]),
                coding: Int(words[2]) ?? -1,
                header: String(words[3]),
                content: Self.bytes(words[4])
            )
        }
    }

    /// What Kannel's own tester says that it took.
    public func fakeLog() -> String {
        let text = FileManager.default.contents(atPath: store.path("fakesmsc.log")) ?? Data()
        return String(decoding: text, as: UTF8.self)
    }

    /// Lets a phone send a text.
    public func say(_ text: String, from number: String, to recipient: String = "1234") throws {
        // Foundation's atomic writing would show its temporary file to who looks into the folder.
        let name = UUID().uuidString
        let path = store.path(name)
        try Data("\(number) \(recipient) \(text)".utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.moveItem(atPath: path, toPath: store.path("say/\(name)"))
    }

    private static func bytes(_ text: Substring) -> [UInt8] {
        var digits = text[...]
        var bytes: [UInt8] = []
        while digits.count > 1 {
            bytes.append(UInt8(digits.prefix(2), radix: 16) ?? 0)
            digits = digits.dropFirst(2)
        }
        return bytes
    }
}
