// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database

/// A kind of node that another room adds to searches, such as `opened`: an object with its keyword
/// as the only key.
public protocol SearchTerm: Sendable {
    /// The keys that it answers to.
    var keywords: [String] { get }
    /// A condition over the profile with the alias `p`, never null.
    ///
    /// Whatever the value holds is bound, never part of the text.
    ///
    /// - Throws: What ``SearchScope/error(_:at:)`` makes.
    func condition(
        _ keyword: String,
        _ value: JSONValue,
        _ scope: inout SearchScope
    ) throws
        -> String
}

/// What a condition is made in: the table, the moment, and the values bound so far.
public struct SearchScope {
    /// The table that is searched.
    public let table: ProfileTable
    /// The moment that `olderThanDays` and its like count from.
    public let moment: Instant
    /// For looking up what a name means.
    public let connection: Connection
    /// The place of the present node, empty at the top.
    public internal(set) var path = ""
    /// The custom table whose rows the present node is about; nil where it is about profiles.
    var row: CustomTable?
    /// What was bound, in order; `$1` first, unless a statement binds values of its own before.
    public private(set) var values: [SQLValue] = []
    /// How many values the statement binds before these.
    private let offset: Int

    init(table: ProfileTable, moment: Instant, offset: Int = 0, connection: Connection) {
        self.table = table
        self.moment = moment
        self.offset = offset
        self.connection = connection
    }

    /// Binds a value.
    ///
    /// - Returns: Its placeholder.
    public mutating func bind(_ value: any SQLConvertible) -> String {
        values.append(value.sql)
        return "$\(offset + values.count)"
    }

    /// An error at the present node, or at a key of it such as `opened.campaign`.
    public func error(_ words: String, at key: String? = nil) -> AudienceError {
        let place = key.map { SearchPath.key($0, under: path) } ?? path
        return .badExpression(words, path: place.isEmpty ? SearchPath.top : place)
    }
}

/// A compiled search: one SQL condition over the profile with the alias `p`.
public struct SearchCondition: Sendable, Hashable {
    /// The condition; never null.
    public var sql: String
    /// The values to bind, in order.
    public var values: [SQLValue]
    /// How many values a statement binds before these.
    var offset = 0

    /// The placeholder of a value that a statement binds after the condition's own, from 1.
    public func placeholder(_ number: Int) -> String { "$\(offset + values.count + number)" }
}
