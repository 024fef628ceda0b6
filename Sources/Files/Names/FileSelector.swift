// SPDX-License-Identifier: Apache-2.0
import _StringProcessing

/// Which files of a folder an automated import takes (spec/imports.md, "Automated imports").
///
/// Hidden files, `.part` and `.new` files and `.done` companions are never taken.
public struct FileSelector: Sendable, Hashable, Codable {
    /// How names are compared.
    public enum Match: Sendable, Hashable, Codable {
        /// This name and no other.
        case exact(String)
        /// A regular expression that the whole name has to fit.
        case expression(String)
    }

    /// Which files are taken when several fit.
    public enum Choice: String, Sendable, Hashable, Codable, CaseIterable {
        /// The one modified last; among equals, the last by name.
        case newest
        /// All of them, the one modified first coming first, then by name.
        case allOldestFirst
    }

    /// How names are compared.
    public let match: Match
    /// Which files are taken; the newest by default.
    public let choice: Choice

    /// Makes a selector.
    ///
    /// - Throws: ``FilesError/badName(_:)``, or ``FilesError/badExpression(_:reason:)``, which
    ///   says where the expression is wrong.
    public init(_ match: Match, choice: Choice = .newest) throws {
        switch match {
        case .exact(let name): try FileName.check(name)
        case .expression(let text): _ = try FileSelector.compile(text)
        }
        self.match = match
        self.choice = choice
    }

    /// The files to take, in the order in which they are to be taken.
    ///
    /// - Throws: ``FilesError/badExpression(_:reason:)`` when a stored expression is wrong.
    public func select(from files: [RemoteFile]) throws -> [RemoteFile] {
        let fits = try predicate()
        let found = files.filter { file in
            !FileSelector.isIgnored(file.name) && fits(file.name)
        }.sorted(by: FileSelector.isOlder)
        switch choice {
        case .newest: return Array(found.suffix(1))
        case .allOldestFirst: return found
        }
    }

    /// The name of a file's companion, which says that the file is complete.
    public static func companion(of name: String) -> String { name + ".done" }

    /// Whether a file's companion is among the files of its folder.
    public static func hasCompanion(_ name: String, among files: [RemoteFile]) -> Bool {
        let companion = companion(of: name)
        return files.contains { $0.name == companion }
    }

    /// Whether a name is never taken: hidden, being written, or a companion.
    static func isIgnored(_ name: String) -> Bool {
        FileName.isUnfinished(name) || name.hasSuffix(".done")
    }

    private static func isOlder(_ left: RemoteFile, _ right: RemoteFile) -> Bool {
        guard left.modified == right.modified else { return left.modified < right.modified }
        return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }

    private func predicate() throws -> (String) -> Bool {
        switch match {
        case .exact(let name): return { $0.utf8.elementsEqual(name.utf8) }
        case .expression(let text):
            let expression = try FileSelector.compile(text)
            return { (try? expression.wholeMatch(in: $0)) != nil }
        }
    }

    private static func compile(_ text: String) throws -> Regex<AnyRegexOutput> {
        do {
            return try Regex(text).matchingSemantics(.unicodeScalar)
        } catch {
            throw FilesError.badExpression(text, reason: reason(error, in: text))
        }
    }

    /// The parser's words, with the position that it keeps to itself.
    private static func reason(_ error: any Error, in text: String) -> String {
        let range = Mirror(reflecting: error).descendant("location", "range")
        guard let range = range as? Range<String.Index>, range.lowerBound <= text.endIndex else {
            return "\(error)"
        }
        let position = text.distance(from: text.startIndex, to: range.lowerBound) + 1
        return "at position \(position), \(error)"
    }
}
