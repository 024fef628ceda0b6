// SPDX-License-Identifier: Apache-2.0
public import Common

/// What an address in a mail stands for: the contact, and what is to be noted of it.
///
/// Its text holds numbers alone, no word about a person. Whoever has it can do for that contact what
/// it says, so it stands in no log.
public struct TrackingToken: Hashable, Sendable {
    /// What it is good for.
    public enum Purpose: UInt8, CaseIterable, Sendable {
        /// The pixel.
        case open = 1
        /// A link.
        case click = 2
        /// The unsubscribe page.
        case unsubscribe = 3
        /// The return path.
        case bounce = 4
    }

    /// What it is good for.
    public var purpose: Purpose
    /// The workspace.
    public var workspace: WorkspaceID
    /// The contact.
    public var interaction: InteractionID
    /// The stored link of a click; 0 for other purposes.
    public var link: Int64

    /// Makes a token.
    public init(
        _ purpose: Purpose,
        workspace: WorkspaceID,
        interaction: InteractionID,
        link: Int64 = 0
    ) {
        self.purpose = purpose
        self.workspace = workspace
        self.interaction = interaction
        self.link = link
    }
}

extension TrackingToken {
    private static let version: UInt8 = 1 << 4

    /// One byte of version and purpose, then the numbers in seven bits a byte (LEB128).
    var bytes: [UInt8] {
        var bytes = [TrackingToken.version | purpose.rawValue]
        let numbers = [workspace.value, interaction.value] + (purpose == .click ? [link] : [])
        for number in numbers { TrackingToken.append(number, to: &bytes) }
        return bytes
    }

    /// Reads what ``bytes`` gives, and nothing else.
    init?(bytes: some Swift.Collection<UInt8>) {
        guard let first = bytes.first, first & 0xF0 == TrackingToken.version,
            let purpose = Purpose(rawValue: first & 0x0F)
        else { return nil }
        var rest = Array(bytes.dropFirst())[...]
        guard let workspace = TrackingToken.number(&rest),
            let interaction = TrackingToken.number(&rest),
            let link = purpose == .click ? TrackingToken.number(&rest) : 0, rest.isEmpty
        else { return nil }
        self.init(
            purpose,
            workspace: WorkspaceID(workspace),
            interaction: InteractionID(interaction),
            link: link
        )
    }

    private static func append(_ number: Int64, to bytes: inout [UInt8]) {
        var rest = UInt64(bitPattern: number)
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// A number of at most 63 bits, in its shortest form.
    private static func number(_ bytes: inout ArraySlice<UInt8>) -> Int64? {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 63, by: 7) {
            guard let byte = bytes.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << UInt64(shift)
            guard byte & 0x80 == 0 else { continue }
            guard byte != 0 || shift == 0 else { return nil }
            return Int64(value)
        }
        return nil
    }
}
