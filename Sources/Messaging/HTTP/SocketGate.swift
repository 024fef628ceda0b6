// SPDX-License-Identifier: Apache-2.0
import CCurlShim
import CLibCurl
import Glibc

/// Decides to which addresses the connections of a request may be opened; used by one thread.
///
/// An address is judged when a connection is made, on what the name resolved to then.
final class SocketGate {
    private let allowsInside: Bool
    private var isClosed = false
    /// Whether an address was refused.
    private(set) var hasRefused = false

    /// A gate to anyone's addresses, and where it is allowed to this machine and private networks.
    init(allowsInside: Bool) { self.allowsInside = allowsInside }

    /// Lets no further connection be opened.
    func close() { isClosed = true }

    /// Has a handle open its sockets through the gate, which must outlive the request.
    func guardSockets(of handle: UnsafeMutableRawPointer) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        millrace_curl_set_opener(handle, openSocket, context)
    }

    fileprivate func admits(_ address: TargetAddress) -> Bool {
        guard !isClosed else { return false }
        let isAdmitted =
            switch address.reach {
            case .open: true
            case .inside: allowsInside
            case .never: false
            }
        if !isAdmitted { hasRefused = true }
        return isAdmitted
    }
}

extension TargetAddress {
    /// The address of a socket; empty, which goes nowhere, for other families.
    fileprivate init(_ socket: UnsafeMutablePointer<curl_sockaddr>) {
        let raw = UnsafeRawPointer(socket)
            .advanced(by: MemoryLayout<curl_sockaddr>.offset(of: \.addr) ?? 0)
        switch socket.pointee.family {
        case AF_INET:
            let part = raw.advanced(by: MemoryLayout<sockaddr_in>.offset(of: \.sin_addr) ?? 0)
            self.init(Array(UnsafeRawBufferPointer(start: part, count: 4)))
        case AF_INET6:
            let part = raw.advanced(by: MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr) ?? 0)
            self.init(Array(UnsafeRawBufferPointer(start: part, count: 16)))
        default: self.init([])
        }
    }
}

/// Opens a socket to an address that the gate admits.
private func openSocket(
    context: UnsafeMutableRawPointer?,
    purpose: curlsocktype,
    address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let context, let address else { return -1 }
    let gate = Unmanaged<SocketGate>.fromOpaque(context).takeUnretainedValue()
    guard gate.admits(TargetAddress(address)) else { return -1 }
    let kind = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
    return socket(address.pointee.family, kind, address.pointee.protocol)
}
