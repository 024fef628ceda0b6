// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Postfix's smtp-sink, which takes mails and forgets them, and smtp-source, which sends the same mail
/// again and again: the least that could do the job (goals.md, P5).
///
/// Started on a port that was free a moment ago; ended by ``stop()``.
final class MailSink {
    let port: Int
    private let process = Process()

    init() throws {
        port = try MailSink.freePort()
        process.executableURL = URL(fileURLWithPath: "/usr/sbin/smtp-sink")
        let user = getuid() == 0 ? ["-u", "nobody"] : []
        process.arguments = user + ["127.0.0.1:\(port)", "500"]
        process.standardError = FileHandle.nullDevice
        try process.run()
        try awaitListening()
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
    }

    /// Sends mails of so many bytes over so many sessions; returns the seconds it took.
    func floor(mails: Int, bytes: Int, sessions: Int) throws -> Double {
        let source = Process()
        source.executableURL = URL(fileURLWithPath: "/usr/sbin/smtp-source")
        source.arguments = [
            "-d", "-s", String(sessions), "-m", String(mails), "-l", String(bytes),
            "127.0.0.1:\(port)",
        ]
        let start = Date()
        try source.run()
        source.waitUntilExit()
        guard source.terminationStatus == 0 else { throw BenchError.floorFailed }
        return Date().timeIntervalSince(start)
    }

    /// A port that the system picks; nobody else starts on it within the moment that follows.
    private static func freePort() throws -> Int {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(handle) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(handle, pointer, length) == 0 ? getsockname(handle, pointer, &length) : -1
            }
        }
        guard status == 0 else { throw BenchError.floorFailed }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private func awaitListening() throws {
        for _ in 0..<100 {
            if (try? floor(mails: 1, bytes: 100, sessions: 1)) != nil { return }
            usleep(20_000)
        }
        throw BenchError.floorFailed
    }
}
