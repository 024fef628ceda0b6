// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Foundation

/// Names one run of the program: host, process, what the process number is valid within, and a
/// token that no other run has.
struct NodeName: Sendable, Hashable {
    let host: String
    let process: Int32
    /// Tells one boot of one machine, and one container on it, from others of the same host name.
    let realm: String
    let token: String

    /// This run of the program.
    static let current = NodeName(
        host: hostName(),
        process: getpid(),
        realm: currentRealm(),
        token: String(SystemRandomness().token().prefix(8))
    )

    init(host: String, process: Int32, realm: String = "here", token: String) {
        self.host = host
        self.process = process
        self.realm = realm
        self.token = token
    }

    init?(_ text: String) {
        let parts = text.split(separator: "/").map(String.init)
        guard parts.count == 4, let process = Int32(parts[1]) else { return nil }
        self.init(host: parts[0], process: process, realm: parts[2], token: parts[3])
    }

    var text: String { "\(host)/\(process)/\(realm)/\(token)" }

    /// Whether the process ran here and is no more: its leases need not run out.
    ///
    /// A process number says nothing of another container, or of the machine before it was started
    /// again: leases of those run out.
    var isGone: Bool {
        guard host == NodeName.current.host, realm == NodeName.current.realm else { return false }
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

    /// The kernel's boot id and the number of the namespace of processes (proc(5), namespaces(7)),
    /// as eight digits by 64-bit FNV-1a.
    private static func currentRealm() -> String {
        let boot = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        let space = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
        let hash = FNV1a.hash("\(boot ?? "")\(space ?? "")".utf8)
        return String(String(hash, radix: 16).suffix(8))
    }
}
