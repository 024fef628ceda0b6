// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Foundation

/// Names one run of the program: host, process, and a token that no other run has.
struct NodeName: Sendable, Hashable {
    let host: String
    let process: Int32
    let token: String

    /// This run of the program.
    static let current = NodeName(
        host: hostName(),
        process: getpid(),
        token: String(SystemRandomness().token().prefix(8))
    )

    init(host: String, process: Int32, token: String) {
        self.host = host
        self.process = process
        self.token = token
    }

    init?(_ text: String) {
        let parts = text.split(separator: "/").map(String.init)
        guard parts.count == 3, let process = Int32(parts[1]) else { return nil }
        self.init(host: parts[0], process: process, token: parts[2])
    }

    var text: String { "\(host)/\(process)/\(token)" }

    /// Whether the process ran on this host and is no more: its leases need not run out.
    var isGone: Bool {
        guard host == NodeName.current.host else { return false }
        if process == NodeName.current.process { return token != NodeName.current.token }
        return kill(process, 0) != 0 && errno == ESRCH
    }

    private static func hostName() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return String(
            decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)),
            as: UTF8.self
        )
    }
}
