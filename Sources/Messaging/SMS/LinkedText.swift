// SPDX-License-Identifier: Apache-2.0

/// The links in a text message: http and https addresses.
///
/// Pure.
public struct LinkedText: Sendable, Hashable {
    /// The text between the links: one piece more than there are links.
    private let pieces: [String]
    /// The targets in order.
    public let targets: [String]

    /// The most links of one message that are shortened; further ones stay as they are.
    public static let limit = 20

    /// Finds the links of a text.
    ///
    /// A link ends at white space and at `<`, `>` or `"`; punctuation at its end belongs to the
    /// sentence.
    public init(_ text: String) {
        var pieces: [String] = []
        var targets: [String] = []
        var piece = ""
        var rest = text[...]
        while rest.utf8.contains(UInt8(ascii: ":")), let start = LinkedText.start(of: rest),
            targets.count < LinkedText.limit
        {
            piece += rest[..<start]
            let end = LinkedText.end(of: rest[start...])
            let target = String(rest[start..<end])
            rest = rest[end...]
            guard LinkedText.hasHost(target) else {
                piece += target
                continue
            }
            pieces.append(piece)
            piece = ""
            targets.append(target)
        }
        pieces.append(piece + rest)
        self.pieces = pieces
        self.targets = targets
    }

    /// The text with its links replaced, each by the one of the same place.
    public func replacing(_ links: [String]) -> String {
        var text = pieces[0]
        for (link, piece) in zip(links, pieces.dropFirst()) { text += link + piece }
        return text
    }

    private static let schemes = ["https://", "http://"]

    private static func start(of text: Substring) -> Substring.Index? {
        text.indices.first { index in
            schemes.contains { text[index...].prefix($0.count).lowercased() == $0 }
        }
    }

    private static func end(of link: Substring) -> Substring.Index {
        var end =
            link.firstIndex { $0.isWhitespace || $0 == "<" || $0 == ">" || $0 == "\"" }
            ?? link.endIndex
        while end > link.startIndex, ".,;:!?')".contains(link[link.index(before: end)]) {
            end = link.index(before: end)
        }
        return end
    }

    private static func hasHost(_ link: String) -> Bool {
        guard let scheme = link.firstRange(of: "://") else { return false }
        let rest = link[scheme.upperBound...]
        return rest.utf8.first?.isASCIILetterOrDigit == true && link.utf8.count <= 2_000
            && !link.contains("\\")
    }
}
