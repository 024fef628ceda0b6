// SPDX-License-Identifier: Apache-2.0
public import Common

/// A file name with dates in it, such as `orders_$yyyyMMdd_HHmmss.csv`.
///
/// A date pattern is a `$` followed by `yyyy`, `MM`, `dd`, `HH`, `mm` and `ss` in any order, joined
/// by `-`, `_`, `.` or nothing (spec/exports.md, "Transfer").
public struct FileNamePattern: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The pattern as it was written.
    public let text: String
    private let pieces: [Piece]

    private enum Piece: Hashable {
        case literal(String)
        case part(Part)
    }

    private enum Part: String, CaseIterable {
        case year = "yyyy"
        case month = "MM"
        case day = "dd"
        case hour = "HH"
        case minute = "mm"
        case second = "ss"
    }

    /// Reads a pattern.
    ///
    /// - Throws: ``FilesError/badPattern(_:position:)`` when no date part follows a `$`.
    public init(_ text: String) throws {
        self.text = text
        pieces = try FileNamePattern.parse(text)
    }

    /// Reads the pattern from its text.
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the pattern as its text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    /// The pattern as it was written.
    public var description: String { text }

    /// The name for an instant, by the clocks of a zone.
    public func expand(_ instant: Instant, in zone: Zone) -> String {
        let (day, second) = zone.local(instant)
        let date = day.components
        return pieces.map { piece in
            switch piece {
            case .literal(let text): text
            case .part(.year): padded(date.year, 4)
            case .part(.month): padded(date.month, 2)
            case .part(.day): padded(date.day, 2)
            case .part(.hour): padded(Int(second / 3_600), 2)
            case .part(.minute): padded(Int(second / 60 % 60), 2)
            case .part(.second): padded(Int(second % 60), 2)
            }
        }.joined()
    }

    private static func parse(_ text: String) throws -> [Piece] {
        var pieces: [Piece] = []
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            if dollar > rest.startIndex { pieces.append(.literal(String(rest[..<dollar]))) }
            rest = rest[rest.index(after: dollar)...]
            guard let first = part(&rest) else {
                let position = text.distance(from: text.startIndex, to: dollar) + 1
                throw FilesError.badPattern(text, position: position)
            }
            pieces.append(.part(first))
            while let joined = joinedPart(&rest) { pieces += joined }
        }
        if !rest.isEmpty { pieces.append(.literal(String(rest))) }
        return pieces
    }

    /// Takes a date part off the beginning.
    private static func part(_ rest: inout Substring) -> Part? {
        guard let part = Part.allCases.first(where: { rest.hasPrefix($0.rawValue) }) else {
            return nil
        }
        rest = rest.dropFirst(part.rawValue.count)
        return part
    }

    /// Takes a join and the date part behind it; a join without one belongs to the name.
    private static func joinedPart(_ rest: inout Substring) -> [Piece]? {
        if let part = part(&rest) { return [.part(part)] }
        guard let join = rest.first, "-_.".contains(join) else { return nil }
        var behind = rest.dropFirst()
        guard let part = part(&behind) else { return nil }
        rest = behind
        return [.literal(String(join)), .part(part)]
    }
}
