// SPDX-License-Identifier: Apache-2.0
public import Common

/// What a short link in a text message stands for: one link of one contact.
///
/// As text it is the numbers in as few bytes as they need and six bytes of an HMAC, in the alphabet
/// of addresses: about 18 characters. The target is no part of it, so that nobody can make one
/// that leads elsewhere.
public struct ShortLink: Sendable, Hashable {
    /// The workspace.
    public var workspace: WorkspaceID
    /// The contact.
    public var interaction: InteractionID
    /// Which of its links, from 0.
    public var ordinal: Int

    private static let codeBytes = 6

    /// A link of a contact.
    public init(workspace: WorkspaceID, interaction: InteractionID, ordinal: Int) {
        self.workspace = workspace
        self.interaction = interaction
        self.ordinal = ordinal
    }

    /// What it is as text.
    public func text(_ key: CallbackKey) -> String {
        URLText.base64(
            ShortLink.bytes([workspace.value, interaction.value, Int64(ordinal)])
                + code(key)
        )
    }

    /// Reads a link without judging it: only with its workspace is the key known.
    ///
    /// - Returns: The link and what ``isGenuine(_:_:)`` judges; nil when it cannot be one.
    public static func read(_ text: String) -> (link: ShortLink, code: [UInt8])? {
        guard text.utf8.count <= 48, let bytes = URLText.bytes(base64: text),
            bytes.count > codeBytes
        else { return nil }
        guard let numbers = numbers(bytes.dropLast(codeBytes)), numbers.count == 3,
            let ordinal = Int(exactly: numbers[2])
        else { return nil }
        let link = ShortLink(
            workspace: WorkspaceID(numbers[0]),
            interaction: InteractionID(numbers[1]),
            ordinal: ordinal
        )
        return (link, Array(bytes.suffix(codeBytes)))
    }

    /// Whether the code of a link that was read is ours; takes the same time whatever is wrong.
    public func isGenuine(_ code: [UInt8], _ key: CallbackKey) -> Bool {
        ConstantTime.areEqual(code, self.code(key))
    }

    private func code(_ key: CallbackKey) -> [UInt8] {
        key.code(of: "link/\(workspace)/\(interaction)/\(ordinal)", count: ShortLink.codeBytes)
    }

    /// Numbers from 0 in groups of seven bits, the lowest first; the last has its high bit clear.
    private static func bytes(_ numbers: [Int64]) -> [UInt8] {
        numbers.flatMap { number in
            var bytes: [UInt8] = []
            var rest = UInt64(bitPattern: number)
            repeat {
                bytes.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
                rest >>= 7
            } while rest > 0
            return bytes
        }
    }

    private static func numbers(_ bytes: ArraySlice<UInt8>) -> [Int64]? {
        var numbers: [Int64] = []
        var (number, shift) = (UInt64(0), UInt64(0))
        for byte in bytes {
            guard shift < 63 else { return nil }
            number |= UInt64(byte & 0x7F) << shift
            shift += 7
            guard byte & 0x80 == 0 else { continue }
            guard let positive = Int64(exactly: number) else { return nil }
            numbers.append(positive)
            (number, shift) = (0, 0)
        }
        return shift == 0 ? numbers : nil
    }
}
