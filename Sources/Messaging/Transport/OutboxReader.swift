// SPDX-License-Identifier: Apache-2.0
public import Common
internal import Foundation

/// Reads what the built-in outbox keeps, for people to look at.
public struct OutboxReader: Sendable {
    /// A kept message, by its name; what it says is in the file.
    public struct Item: Sendable, Hashable {
        /// The folder that it lies in: its day in UTC, `yyyy-mm-dd`.
        public let day: String
        /// The file's name.
        public let name: String
        /// Whether it is a mail; a text message otherwise.
        public var isMail: Bool { name.hasSuffix(".eml") }
    }

    private let folder: String
    private let prefix: String

    /// Reads one workspace's messages, which its number begins the names of.
    public init(folder: String, workspace: WorkspaceID) {
        self.folder = folder
        prefix = "\(workspace)."
    }

    /// The days with messages of any workspace, newest first.
    public func days() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { Day(iso8601: $0) != nil }.sorted(by: >)
    }

    /// The messages of a day, the last made first.
    ///
    /// - Parameters:
    ///   - day: The day, as ``days()`` names it.
    ///   - limit: How many at most.
    /// - Returns: The messages, and whether there are more.
    public func items(of day: String, limit: Int) -> (items: [Item], hasMore: Bool) {
        guard Day(iso8601: day) != nil else { return ([], false) }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(day)")) ?? []
        let own = names.filter(isOwn).sorted { OutboxReader.number($0) > OutboxReader.number($1) }
        let items = own.prefix(limit).map { Item(day: day, name: $0) }
        return (items, own.count > limit)
    }

    /// The bytes of a message; nil when there is none, or it is another workspace's.
    public func content(day: String, name: String) -> [UInt8]? {
        guard Day(iso8601: day) != nil, isOwn(name), !name.contains("/") else { return nil }
        return FileManager.default.contents(atPath: "\(folder)/\(day)/\(name)").map(Array.init)
    }

    private func isOwn(_ name: String) -> Bool {
        name.hasPrefix(prefix) && (name.hasSuffix(".eml") || name.hasSuffix(".json"))
    }

    /// The number of the interaction in a name, so that they follow each other as they were made.
    private static func number(_ name: String) -> Int64 {
        let rest = name.drop { $0 != "." }.dropFirst()
        return Int64(rest.prefix(while: \.isNumber)) ?? .max
    }
}
