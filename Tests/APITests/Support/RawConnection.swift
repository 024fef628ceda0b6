// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc

/// A bare TCP connection, for requests that no client would send.
struct RawConnection: Sendable {
    private let port: Int

    init(_ port: Int) {
        self.port = port
    }

    /// Sends bytes and reads until the server closes or has answered a whole refusal.
    func send(_ text: String) async throws -> String {
        try await blocking { socket in
            _ = Array(text.utf8).withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            return read(socket) { $0.contains("}}") }
        }
    }

    /// Sends a beginning, then a byte whenever the server is still there, until it closes.
    func drip(_ text: String) async throws -> String {
        try await blocking { socket in
            _ = Array(text.utf8).withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            var answer = ""
            while true {
                var waiting = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
                if poll(&waiting, 1, 100) > 0 {
                    var bytes = [UInt8](repeating: 0, count: 4_096)
                    let count = recv(socket, &bytes, bytes.count, 0)
                    guard count > 0 else { return answer }
                    answer += String(decoding: bytes[..<count], as: UTF8.self)
                } else if Glibc.send(socket, "a", 1, Int32(MSG_NOSIGNAL)) < 0 {
                    return answer
                }
            }
        }
    }

    private func read(_ socket: Int32, until isWhole: (String) -> Bool) -> String {
        var answer = ""
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while !isWhole(answer) {
            let count = recv(socket, &bytes, bytes.count, 0)
            guard count > 0 else { break }
            answer += String(decoding: bytes[..<count], as: UTF8.self)
        }
        return answer
    }

    /// Connects on a thread of its own; the connection has ten minutes.
    private func blocking(_ body: @escaping @Sendable (Int32) -> String) async throws -> String {
        let port = port
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
                defer { close(socket) }
                var limit = timeval(tv_sec: 600, tv_usec: 0)
                setsockopt(
                    socket,
                    SOL_SOCKET,
                    SO_RCVTIMEO,
                    &limit,
                    socklen_t(MemoryLayout<timeval>.size)
                )
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                address.sin_port = in_port_t(UInt16(port).bigEndian)
                address.sin_addr.s_addr = inet_addr("127.0.0.1")
                let connected = withUnsafePointer(to: &address) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                    }
                }
                guard connected == 0 else {
                    return continuation.resume(throwing: POSIXError(.ECONNREFUSED))
                }
                continuation.resume(returning: body(socket))
            }
        }
    }
}
