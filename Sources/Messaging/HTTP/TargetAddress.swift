// SPDX-License-Identifier: Apache-2.0

/// An address that a host name resolved to, and whether a webhook may go there: a workspace must not
/// reach through the server what only the server can reach.
///
/// Pure. Ranges from the IANA special-purpose address registries (RFC 6890).
public struct TargetAddress: Sendable, Hashable {
    /// How far away an address is.
    public enum Reach: Sendable, Hashable {
        /// Anyone's on the internet.
        case open
        /// This machine or a private network: only where a workspace allows it.
        case inside
        /// The link's own, the cloud's metadata, groups, and what is no host's: never.
        case never
    }

    /// 4 or 16 bytes, in the order of the network.
    public let bytes: [UInt8]

    /// Makes an address of its bytes.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// How far away it is.
    public var reach: Reach {
        switch bytes.count {
        case 4: TargetAddress.reach(of: bytes, TargetAddress.ranges4, otherwise: .open)
        case 16: reach6
        default: .never
        }
    }

    /// Only 2000::/3 is anyone's; addresses that stand for one of four bytes are that one.
    private var reach6: Reach {
        if bytes.starts(with: TargetAddress.mapped) || bytes.starts(with: TargetAddress.translated)
        {
            return TargetAddress(Array(bytes[12...])).reach
        }
        if bytes.starts(with: [0x20, 0x02]) { return TargetAddress(Array(bytes[2..<6])).reach }
        let isGlobal = bytes[0] & 0xE0 == 0x20
        return TargetAddress.reach(
            of: bytes,
            TargetAddress.ranges6,
            otherwise: isGlobal ? .open : .never
        )
    }

    private struct Range {
        let start: [UInt8]
        let bits: Int
        let reach: Reach

        init(_ start: [UInt8], _ bits: Int, _ reach: Reach) {
            self.start = start
            self.bits = bits
            self.reach = reach
        }

        func holds(_ bytes: [UInt8]) -> Bool {
            (0..<bits).allSatisfy { bit in
                let mask = UInt8(0x80) >> UInt8(bit % 8)
                let wanted = bit / 8 < start.count ? start[bit / 8] : 0
                return bytes[bit / 8] & mask == wanted & mask
            }
        }
    }

    private static func reach(of bytes: [UInt8], _ ranges: [Range], otherwise: Reach) -> Reach {
        ranges.first { $0.holds(bytes) }?.reach ?? otherwise
    }

    /// ::ffff:0:0/96, RFC 4291 section 2.5.5.2.
    private static let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
    /// 64:ff9b::/96, RFC 6052.
    private static let translated: [UInt8] =
        [0, 0x64, 0xFF, 0x9B] + [UInt8](repeating: 0, count: 8)

    private static let ranges4 = [
        Range([127], 8, .inside), Range([10], 8, .inside), Range([172, 16], 12, .inside),
        Range([192, 168], 16, .inside),
        // Metadata of a cloud, within the shared addresses of RFC 6598.
        Range([100, 100, 100, 200], 32, .never), Range([100, 64], 10, .inside),
        // The wire server of another cloud, in a range that is open otherwise.
        Range([168, 63, 129, 16], 32, .never),
        Range([0], 8, .never), Range([169, 254], 16, .never), Range([192, 0, 0], 24, .never),
        Range([192, 0, 2], 24, .never), Range([192, 88, 99], 24, .never),
        Range([198, 18], 15, .never), Range([198, 51, 100], 24, .never),
        Range([203, 0, 113], 24, .never), Range([224], 4, .never), Range([240], 4, .never),
    ]

    private static let ranges6 = [
        Range([UInt8](repeating: 0, count: 15) + [1], 128, .inside),
        // Metadata of a cloud, within the private addresses of RFC 4193.
        Range([0xFD, 0x00, 0x0E, 0xC2], 32, .never), Range([0xFC], 7, .inside),
        Range([0x20, 0x01, 0x00], 23, .never), Range([0x20, 0x01, 0x0D, 0xB8], 32, .never),
        Range([0x3F, 0xFF], 20, .never),
    ]
}
