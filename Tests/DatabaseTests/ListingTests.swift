// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import TestSupport
import Testing

/// A relation read page by page.
@Suite struct ListingTests {
    private static let table = TableDefinition(
        "thing",
        columns: [
            .integer("workspace_id"), .integer("id"), .text("name"), .integer("size").orNull,
            .boolean("is_big"), .moment("made_at").orNull,
        ],
        primaryKey: ["workspace_id", "id"]
    )

    private static let migrations = [Migration(id: "thing-1", steps: [.createTable(table)])]

    private let listing = Listing(
        from: "thing t",
        scope: "t.workspace_id",
        key: "t.id",
        columns: [
            ListingColumn("id", "t.id", .integer), ListingColumn("name", "t.name", .text),
            ListingColumn("size", "t.size", .integer).orNull,
            ListingColumn("big", "t.is_big", .boolean),
            ListingColumn("made", "t.made_at", .moment).orNull,
        ]
    )

    private func insert(_ ids: Range<Int64>, into database: Database) throws {
        try database.writeBlocking { transaction in
            for id in ids {
                let size: Int64? = id % 4 == 0 ? nil : id % 3
                let made = size.map { Instant(seconds: $0) }
                try transaction.execute(
                    "INSERT INTO thing VALUES ($1, $2, $3, $4, $5, $6)",
                    [WorkspaceID(1), id, "name \(id % 5)", size, id % 2 == 0, made]
                )
            }
        }
    }

    private func ids(
        _ query: ListingQuery,
        _ database: Database,
        between: (Int) throws -> Void = { _ in }
    ) throws -> [Int64] {
        var found: [Int64] = []
        var query = query
        var pages = 0
        while true {
            let place = try database.readBlocking { connection in
                try listing.page(query, in: WorkspaceID(1), from: connection) {
                    found.append($0.integer(0))
                }
            }
            guard let place else { return found }
            query.after = place
            pages += 1
            try between(pages)
        }
    }

    @Test(arguments: TestEngine.dialects, ["id", "name", "size", "big", "made"])
    func `walking gives each row once, nulls first, in order of column and key`(
        _ engine: TestEngine,
        _ sort: String
    ) throws {
        let database = try engine.open(migrations: ListingTests.migrations)
        try insert(1..<41, into: database)
        let whole = try ids(ListingQuery(sort: sort, limit: 1_000), database)
        let pages = try ids(ListingQuery(sort: sort, limit: 3), database)
        let back = try ids(ListingQuery(sort: sort, isReversed: true, limit: 7), database)
        #expect(whole.sorted() == Array(1...40))
        #expect(pages == whole)
        #expect(back == whole.reversed())
        if sort == "size" { #expect(whole.prefix(10).allSatisfy { $0 % 4 == 0 }) }
    }

    @Test(arguments: TestEngine.dialects, ["id", "name", "size", "made"])
    func `rows that come while one walks make no other row appear twice or not at all`(
        _ engine: TestEngine,
        _ sort: String
    ) throws {
        let database = try engine.open(migrations: ListingTests.migrations)
        try insert(1..<31, into: database)
        var next: Int64 = 31
        let found = try ids(ListingQuery(sort: sort, limit: 4), database) { pages in
            guard pages < 6 else { return }
            try insert(next..<next + 3, into: database)
            next += 3
        }
        #expect(Set(found).count == found.count)
        #expect(Set(1...30).isSubset(of: Set(found)))
    }

    @Test(arguments: TestEngine.dialects)
    func `filters combine, and null matches null`(_ engine: TestEngine) throws {
        let database = try engine.open(migrations: ListingTests.migrations)
        try insert(1..<21, into: database)
        func found(_ filters: ListingFilter...) throws -> [Int64] {
            try ids(ListingQuery(filters: filters, limit: 100), database)
        }
        #expect(try found(.equals("size", .null)) == [4, 8, 12, 16, 20])
        #expect(try found(.equals("big", .boolean(true)), .equals("size", .integer(1))) == [10])
        #expect(try found(.anyOf("name", [.text("name 1"), .text("x")])) == [1, 6, 11, 16])
        #expect(try found(.anyOf("name", [])) == [])
        #expect(try found(.from("id", .integer(5)), .below("id", .integer(7))) == [5, 6])
        #expect(try found(.contains("name", "e 3")) == [3, 8, 13, 18])
        #expect(
            try found(.equals("made", .moment(Instant(seconds: 2)))) == [2, 5, 11, 14, 17]
        )
        #expect(throws: DatabaseError.self) { try found(.equals("colour", .null)) }
    }

    @Test(arguments: TestEngine.dialects)
    func `another workspace's rows are not there`(_ engine: TestEngine) throws {
        let database = try engine.open(migrations: ListingTests.migrations)
        try insert(1..<3, into: database)
        let (own, other) = try database.readBlocking { connection in
            (
                try listing.hasAny([], in: WorkspaceID(1), from: connection),
                try listing.hasAny([], in: WorkspaceID(2), from: connection)
            )
        }
        #expect(own && !other)
    }
}
