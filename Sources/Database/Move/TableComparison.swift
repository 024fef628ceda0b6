// SPDX-License-Identifier: Apache-2.0
internal import Common

/// What a move did with one table, and whether both sides agree on it.
public struct TableLedger: Sendable, Hashable, Codable {
    /// The table's physical name.
    public var table: String
    /// How many rows the source has.
    public var rows: Int64
    /// How many of them the target has.
    public var rowsInTarget: Int64
    /// Whether the rows' hashes agree.
    public var isEqual: Bool
    /// The first rows that differ: their keys where these are numbers, else their places.
    public var differences: [String]
}

/// Compares a table of both sides by counts and hashes, and finds the rows that differ.
struct TableComparison {
    let source: Database
    let target: Database
    let pages: TablePages

    /// How many rows that differ are named.
    static let namedAtMost = 10

    /// Compares what the target holds with what the source gave.
    func run(_ given: CopyProgress) throws -> TableLedger {
        let (rows, hash) = try sum(of: target)
        let present = try source.readBlocking { try pages.count(in: $0) }
        let isEqual =
            rows == given.rows && present == given.rows && hash == given.hash && given.isLoaded
        return TableLedger(
            table: pages.table.name,
            rows: present,
            rowsInTarget: rows,
            isEqual: isEqual,
            differences: isEqual ? [] : try differences()
        )
    }

    private func sum(of database: Database) throws -> (rows: Int64, hash: UInt64) {
        var rows: Int64 = 0
        var hash: UInt64 = 0
        try pages.each(in: database) { row in
            hash &+= pages.hash(of: row)
            rows += 1
        }
        return (rows, hash)
    }

    /// Reads both sides in the order of keys, which is the same on every engine.
    private func differences() throws -> [String] {
        let left = HashedRows(source, pages)
        let right = HashedRows(target, pages)
        var found: [String] = []
        while found.count < TableComparison.namedAtMost {
            let here = try left.present()
            let there = try right.present()
            guard let either = here ?? there else { break }
            let order = pages.order(here?.key, there?.key)
            if order != 0 || here?.hash != there?.hash {
                let row = order <= 0 ? either : there ?? either
                found.append(pages.name(of: row.key, place: left.place))
            }
            if order <= 0 { left.advance() }
            if order >= 0 { right.advance() }
        }
        return found
    }
}

/// Steps through a table's keys and hashes.
private final class HashedRows {
    private let database: Database
    private let pages: TablePages
    private var page: [(key: [String], hash: UInt64)] = []
    private var position = 0
    private var last: [String]?
    private var isAtEnd = false
    /// The number of the present row, from 1.
    private(set) var place = 1

    init(_ database: Database, _ pages: TablePages) {
        self.database = database
        self.pages = pages
    }

    func present() throws -> (key: [String], hash: UInt64)? {
        if position == page.count, !isAtEnd { try load() }
        return position < page.count ? page[position] : nil
    }

    func advance() {
        position += 1
        place += 1
    }

    private func load() throws {
        page = []
        position = 0
        let (key, count) = try database.readBlocking { connection in
            try pages.read(after: last, in: connection) { row in
                page.append((try pages.key(of: row), pages.hash(of: row)))
            }
        }
        last = key
        isAtEnd = count < TablePages.size
    }
}

extension TablePages {
    /// How two keys are ordered: below, at or above 0; one that is missing comes last.
    fileprivate func order(_ left: [String]?, _ right: [String]?) -> Int {
        guard let left else { return 1 }
        guard let right else { return -1 }
        for (offset, pair) in zip(left, right).enumerated() where pair.0 != pair.1 {
            if isNumber(offset), let one = Int64(pair.0), let other = Int64(pair.1) {
                return one < other ? -1 : 1
            }
            return pair.0.utf8.lexicographicallyPrecedes(pair.1.utf8) ? -1 : 1
        }
        return 0
    }

    /// Texts may be personal, such as an address.
    fileprivate func name(of key: [String], place: Int) -> String {
        guard key.indices.allSatisfy(isNumber) else { return "row \(place)" }
        return zip(table.primaryKey, key).map { "\($0) \($1)" }.joined(separator: ", ")
    }
}
