// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The proxies whose word on who calls counts: `X-Forwarded-For` of anybody else is not looked at.
public struct ProxyList: Sendable, Hashable {
    /// Nobody's word counts.
    public static let none = ProxyList([])

    private let networks: [Network]

    private init(_ networks: [Network]) {
        self.networks = networks
    }

    /// Reads addresses and networks, separated by blanks or commas: `127.0.0.1 10.0.0.0/8 ::1`.
    ///
    /// Nil when one of them is neither.
    public init?(_ text: String) {
        var networks: [Network] = []
        for word in text.split(whereSeparator: { " ,".contains($0) }) {
            guard let network = Network(word) else { return nil }
            networks.append(network)
        }
        self.init(networks)
    }

    /// Who calls.
    ///
    /// A proxy writes whom it heard behind what stood there, so the last address counts that is no
    /// named proxy's; what stands before it may be anybody's invention.
    ///
    /// - Parameters:
    ///   - peer: The address at the other end of the connection.
    ///   - forwarded: The header `X-Forwarded-For`.
    /// - Returns: The address of the caller; the peer's where no named proxy says more.
    func caller(peer: String, forwarded: String?) -> String {
        guard has(peer), let forwarded else { return peer }
        var caller = peer
        for word in forwarded.split(separator: ",").reversed() {
            guard let hop = NetworkAddress(hop: word) else { return caller }
            caller = hop.text
            guard has(caller) else { return caller }
        }
        return caller
    }

    private func has(_ address: String) -> Bool {
        guard !networks.isEmpty, let found = NetworkAddress(address) else { return false }
        return networks.contains { $0.contains(found) }
    }

    /// The addresses that begin with the same bits.
    private struct Network: Sendable, Hashable {
        let start: NetworkAddress
        let bits: Int

        init?(_ text: some StringProtocol) {
            let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard let start = NetworkAddress(String(parts[0])) else { return nil }
            let most = start.bytes.count * 8
            guard let bits = parts.count == 1 ? most : Int(parts[1]), (0...most).contains(bits)
            else { return nil }
            (self.start, self.bits) = (start, bits)
        }

        func contains(_ address: NetworkAddress) -> Bool {
            guard address.bytes.count == start.bytes.count else { return false }
            let (whole, rest) = (bits / 8, bits % 8)
            guard address.bytes.prefix(whole) == start.bytes.prefix(whole) else { return false }
            guard rest > 0 else { return true }
            return (address.bytes[whole] ^ start.bytes[whole]) >> (8 - rest) == 0
        }
    }
}

/// An IP address; one of version 4 that is written in version 6 is the same (RFC 4291, 2.5.5.2).
struct NetworkAddress: Sendable, Hashable {
    let bytes: [UInt8]

    init?(_ text: String) {
        if let four = NetworkAddress.bytes(text, AF_INET, 4) {
            bytes = four
        } else if let six = NetworkAddress.bytes(text, AF_INET6, 16) {
            let isMapped = six.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
            bytes = isMapped ? Array(six.suffix(4)) : six
        } else {
            return nil
        }
    }

    /// Reads an address of `X-Forwarded-For`, which some proxies write with a port.
    init?(hop: some StringProtocol) {
        let text = String(hop.filter { $0 != " " && $0 != "\t" })
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            self.init(String(text[text.index(after: text.startIndex)..<end]))
        } else if text.count(where: { $0 == ":" }) == 1, let colon = text.firstIndex(of: ":") {
            self.init(String(text[..<colon]))
        } else {
            self.init(text)
        }
    }

    /// The address in its usual form.
    var text: String {
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(family, bytes, &buffer, socklen_t(buffer.count)) != nil else { return "" }
        return String(
            decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)),
            as: UTF8.self
        )
    }

    private static func bytes(_ text: String, _ family: Int32, _ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return inet_pton(family, text, &bytes) == 1 ? bytes : nil
    }
}
