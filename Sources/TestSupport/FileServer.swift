// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A real sshd or proftpd on loopback, started by Tests/Servers/file_server.py in a scratch folder.
///
/// Ends when this object is released, and when the process ends, however it ends.
public final class FileServer: Sendable {
    /// Which server, and what it speaks.
    public enum Kind: String, Sendable {
        /// OpenSSH: SFTP, by key.
        case sshd
        /// proftpd with mod_sftp: SFTP, by password.
        case sftp = "proftpd-sftp"
        /// proftpd: FTP with `AUTH TLS`.
        case ftps
        /// proftpd: FTP with TLS from the first byte.
        case implicitFTPS = "ftps-implicit"
        /// pyftpdlib: FTP with `AUTH TLS`, without MLSD.
        case plainFTPS = "ftps-plain"
    }

    /// How a server departs from a good one.
    public enum Trait: Sendable, Hashable {
        /// Its certificate has expired.
        case expiredCertificate
        /// Its certificate is signed by someone unknown.
        case strangerCertificate
        /// Nothing can be written.
        case readOnly
        /// What it serves is a file system of 256 KB.
        case tinyDisk

        var arguments: [String] {
            switch self {
            case .expiredCertificate: ["--certificate", "expired"]
            case .strangerCertificate: ["--certificate", "stranger"]
            case .readOnly: ["--read-only"]
            case .tinyDisk: ["--tiny"]
            }
        }
    }

    /// The password of the user of proftpd.
    public static let password = "secret99"

    /// Its port, then those of its data connections.
    public let ports: [Int]
    /// The fingerprint of the key that it shows first.
    public let fingerprint: String
    /// Who logs in.
    public let user: String
    private let folder: TemporaryFolder
    private let script: PipedProcess
    private let commands = NSLock()

    /// Starts a server and waits until it accepts connections.
    ///
    /// - Throws: ``MissingTool`` when it is not installed or does not start.
    public init(_ kind: Kind, traits: [Trait] = []) throws {
        folder = try TemporaryFolder()
        let path = PythonScript.repository
            .appendingPathComponent("Tests/Servers/file_server.py").path
        let packages = PythonScript.repository.appendingPathComponent(".tools/python").path
        script = try PipedProcess(
            ["env", "PYTHONPATH=\(packages)", "python3", "-B", path, folder.path, kind.rawValue]
                + traits.flatMap(\.arguments)
        )
        let words = (script.readLine() ?? "").split(separator: " ").map(String.init)
        guard words.count == 3, words[0] == "ready" else {
            let rest = words.joined(separator: " ") + script.readAll()
            throw MissingTool(description: "\(kind.rawValue): \(rest); see scripts/setup.sh --test")
        }
        ports = words[1].split(separator: ",").compactMap { Int($0) }
        fingerprint = words[2]
        isLocked = kind == .plainFTPS || (kind != .sshd && geteuid() == 0)
        user = kind == .sshd ? NSUserName() : "feed"
    }

    /// Whether `/` is what it serves; else that is the machine's root.
    public let isLocked: Bool

    /// Its port.
    public var port: Int { ports.first ?? 0 }

    /// The folder that it serves, as this machine sees it; empty with a tiny disk.
    public var root: String { folder.path("root") }

    /// The content of a file that was made for it: `user` and `stranger`, private keys;
    /// `authority.pem`, who signed its certificate.
    public func made(_ name: String) throws -> String {
        try String(contentsOfFile: folder.path(name), encoding: .utf8)
    }

    /// Starts it again on the same port with another host key.
    ///
    /// - Returns: Its fingerprint.
    public func changeHostKey() -> String { command("rekey") }

    /// Ends it; connections are refused until ``start()``.
    public func stop() { _ = command("stop") }

    /// Starts it after ``stop()``.
    public func start() { _ = command("start") }

    private func command(_ word: String) -> String {
        commands.lock()
        defer { commands.unlock() }
        script.writeLine(word)
        return script.readLine() ?? ""
    }
}

/// Stands between a client and a ``FileServer``, at the server's ports on 127.0.0.2, and cuts or holds
/// connections in mid-transfer.
public final class CuttingProxy: Sendable {
    /// The direction of what is counted.
    public enum Way: String, Sendable {
        /// To the server.
        case up
        /// From the server.
        case down
    }

    /// Where it listens.
    public static let host = "127.0.0.2"
    private let script: PipedProcess

    /// Starts a proxy through which everything goes.
    ///
    /// - Throws: ``MissingTool`` when it does not start.
    public init(_ server: FileServer) throws {
        let path = PythonScript.repository
            .appendingPathComponent("Tests/Servers/cutting_proxy.py").path
        let ports = server.ports.map(String.init).joined(separator: ",")
        script = try PipedProcess(["python3", "-B", path, ports])
        guard let word = script.readLine(), word == "ready" else {
            throw MissingTool(description: "cutting_proxy.py did not start: \(script.readAll())")
        }
    }

    /// Resets the next connections that carry so many bytes, as often as is said.
    public func cut(_ way: Way, after bytes: Int, times: Int = 1) {
        command("cut \(way.rawValue) \(bytes) \(times)")
    }

    /// Holds the next connections that carry so many bytes: they stay open, nothing moves.
    public func stall(_ way: Way, after bytes: Int, times: Int = 1) {
        command("stall \(way.rawValue) \(bytes) \(times)")
    }

    /// Lets everything through again.
    public func pass() { command("pass") }

    private func command(_ words: String) {
        script.writeLine(words)
        _ = script.readLine()
    }
}
