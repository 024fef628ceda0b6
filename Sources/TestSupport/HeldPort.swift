// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A port of this machine, chosen by the system, for a server that a test starts.
///
/// It stays bound until this object goes, so that nobody else is given it; since it does not listen
/// there, a server with `SO_REUSEADDR` can.
public final class HeldPort: Sendable {
    /// The port.
    public let number: Int
    private let socket: Int32

    /// Chooses a port.
    ///
    /// - Throws: ``MissingTool`` when there is none.
    public init() throws {
        // Closed at exec: what a test starts must not hold it.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = Glibc.socket(AF_INET, kind, 0)
        guard let found = Self.bind(descriptor) else {
            close(descriptor)
            throw MissingTool(description: "no free port")
        }
        (number, socket) = (found, descriptor)
    }

    deinit { close(socket) }

    private static func bind(_ descriptor: Int32) -> Int? {
        var yes: Int32 = 1
        var size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, size)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { place in
                Glibc.bind(descriptor, place, size) == 0
                    && getsockname(descriptor, place, &size) == 0
            }
        }
        return isBound ? Int(UInt16(bigEndian: address.sin_port)) : nil
    }
}
