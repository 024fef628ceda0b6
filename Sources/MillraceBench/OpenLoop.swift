// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation
import Glibc
import Synchronization

/// Requests at set times, whether or not those before were answered in time: a late answer counts
/// from when its request was due, so a stall is not hidden (open loop).
final class OpenLoop: Sendable {
    private let port: Int
    private let request: [UInt8]
    private let latencies = Mutex<[Double]>([])

    init(port: Int, path: String, token: String) {
        self.port = port
        request = Array(
            "GET \(path) HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer \(token)\r\n\r\n".utf8
        )
    }

    /// Runs for some seconds; the 99th percentile in milliseconds.
    func p99(perSecond: Double, seconds: Double) -> Double {
        let connections = 16
        let interval = Double(connections) / perSecond
        let start = now() + 0.1
        let group = DispatchGroup()
        for number in 0..<connections {
            group.enter()
            Thread.detachNewThread {
                let first = start + interval * Double(number) / Double(connections)
                self.drive(from: first, to: start + seconds, every: interval)
                group.leave()
            }
        }
        group.wait()
        let sorted = latencies.withLock { $0 }.sorted()
        guard !sorted.isEmpty else { return .infinity }
        return sorted[sorted.count * 99 / 100] * 1_000
    }

    private func drive(from first: Double, to end: Double, every interval: Double) {
        let socket = connected()
        defer { close(socket) }
        var due = first
        var buffer = [UInt8](repeating: 0, count: 1 << 17)
        var found: [Double] = []
        while due < end {
            let wait = due - now()
            if wait > 0 { usleep(UInt32(wait * 1_000_000)) }
            _ = request.withUnsafeBytes {
                send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard receive(socket, &buffer) else { break }
            found.append(now() - due)
            due += interval
        }
        latencies.withLock { $0 += found }
    }

    /// Reads one answer: its headers, then as many bytes as they say.
    private func receive(_ socket: Int32, _ buffer: inout [UInt8]) -> Bool {
        var filled = 0
        var wanted = Int.max
        while filled < wanted {
            let count = buffer.withUnsafeMutableBytes { bytes in
                recv(socket, bytes.baseAddress.map { $0 + filled }, bytes.count - filled, 0)
            }
            guard count > 0 else { return false }
            filled += count
            if wanted == .max { wanted = length(buffer[..<filled]) ?? .max }
        }
        return true
    }

    private func length(_ bytes: ArraySlice<UInt8>) -> Int? {
        let text = String(decoding: bytes.prefix(2_048), as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        let head = text[..<end.lowerBound].lowercased()
        let field = head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
        let size = field.flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
        return text[..<end.upperBound].utf8.count + size
    }

    private func connected() -> Int32 {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var on: Int32 = 1
        setsockopt(
            socket,
            Int32(IPPROTO_TCP),
            TCP_NODELAY,
            &on,
            socklen_t(MemoryLayout<Int32>.size)
        )
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return socket
    }

    private func now() -> Double {
        Double(DispatchTime.now().uptimeNanoseconds) / 1_000_000_000
    }
}
