// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import TestSupport
import Testing

struct StatementTests {
    static let texts: [(String, [Int64], [SQLValue])] = [
        ("SELECT $2, $1", [10, 20], [.integer(20), .integer(10)]),
        ("SELECT $1, $1", [10], [.integer(10), .integer(10)]),
        ("SELECT '$2', $1", [10], [.text("$2"), .integer(10)]),
        ("SELECT 'it''s $2', $1", [10], [.text("it's $2"), .integer(10)]),
        ("SELECT 1 AS \"$2\", $1", [10], [.integer(1), .integer(10)]),
        ("SELECT $1 -- $2, it's\n, 5", [10], [.integer(10), .integer(5)]),
        ("SELECT /* $2 ' */ $1, 5", [10], [.integer(10), .integer(5)]),
        ("SELECT /*/ $2 */ $1", [10], [.integer(10)]),
        ("SELECT $1 /**/ + $2", [10, 20], [.integer(30)]),
        ("SELECT $1 - $2 / $3", [10, 20, 5], [.integer(6)]),
        (
            "SELECT $10 - $1, $2 + $3 + $4 + $5 + $6 + $7 + $8 + $9",
            [1, 0, 0, 0, 0, 0, 0, 0, 7, 100], [.integer(99), .integer(7)]
        ),
        ("SELECT 'é$1€', $1", [10], [.text("é$1€"), .integer(10)]),
    ]

    @Test(arguments: TestEngine.allCases, texts)
    func `parameters are numbered, outside strings, names and comments`(
        _ engine: TestEngine,
        _ statement: (String, [Int64], [SQLValue])
    ) throws {
        let database = try engine.open()
        let row = try database.readBlocking { try $0.row(statement.0, statement.1) }
        #expect(row?.values == statement.2)
    }

    @Test(arguments: TestEngine.allCases)
    func `typed values come back as they were written`(_ engine: TestEngine) throws {
        let database = try engine.sample()
        let moment = Instant(microseconds: -1_234_567)
        let day = Day(number: -4_000)
        let bytes: [UInt8] = [0, 255, 39]
        try database.writeBlocking { transaction in
            try transaction.execute(
                """
                INSERT INTO sample (id, workspace_id, name, whole, real, truth, instant,
                calendar_day, raw, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                """,
                [
                    1, WorkspaceID(3), "'; é 😀", Int64.min, 0.1, true, moment, day, bytes,
                    JSONColumn(["b": 1, "a": 2]),
                ]
            )
        }
        let row = try #require(
            try database.readBlocking { connection in
                try connection.row(
                    """
                    SELECT workspace_id, name, whole, real, truth, instant, calendar_day, raw, note
                    FROM sample WHERE truth = $1 AND instant = $2 AND calendar_day = $3
                    """,
                    [true, moment, day]
                )
            }
        )
        #expect(try row.get("workspace_id") == WorkspaceID(3))
        #expect(try row.get("name") == "'; é 😀")
        #expect(try row.get("whole") == Int64.min)
        #expect(try row.get("real") == 0.1)
        #expect(try row.get("truth") == true)
        #expect(try row.get("instant") == moment)
        #expect(try row.get("calendar_day") == day)
        #expect(try row.get("raw") == bytes)
        #expect(try row.get("note") == #"{"a":2,"b":1}"#)
        #expect(try row.json("note") == ["a": 2, "b": 1])
    }

    @Test(arguments: TestEngine.allCases)
    func `null is not empty and empty is not null`(_ engine: TestEngine) throws {
        let database = try engine.sample()
        try database.writeBlocking { transaction in
            try transaction.execute(
                "INSERT INTO sample (id, workspace_id, name, raw, note) VALUES (1, 1, $1, $2, $3)",
                ["", [UInt8](), String?.none]
            )
        }
        let row = try #require(
            try database.readBlocking { try $0.row("SELECT name, raw, note, whole FROM sample") }
        )
        #expect(row.values == [.text(""), .bytes([]), .null, .null])
        #expect(try row.get("whole", as: Int?.self) == nil)
        #expect(throws: SQLConversionError.self) { try row.get("whole", as: Int.self) }
        #expect(throws: DatabaseError.noSuchColumn("other")) { try row.get("other", as: Int.self) }
    }

    @Test(arguments: TestEngine.allCases, [[1], [1, 2, 3]])
    func `a wrong count of values is refused`(_ engine: TestEngine, _ values: [Int]) throws {
        let database = try engine.open()
        try database.readBlocking { connection in
            _ = try connection.row("SELECT $1, $2", [7, 8])
            #expect(throws: DatabaseError.self) { try connection.row("SELECT $1, $2", values) }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `statements of the same text may stand inside one another`(_ engine: TestEngine) throws {
        let database = try engine.sample()
        try database.writeBlocking { try $0.addSamples(["a", "b", "c"]) }
        let query = "SELECT name FROM sample WHERE id >= $1 ORDER BY id"
        var seen: [String] = []
        try database.readBlocking { connection in
            try connection.each(query, [1]) { outer in
                seen.append(outer.text(0) ?? "")
                try connection.each(query, [3]) { inner in
                    seen.append(inner.text(0) ?? "")
                    return false
                }
                return true
            }
        }
        #expect(seen == ["a", "c", "b", "c", "c", "c"])
    }

    @Test(arguments: TestEngine.allCases)
    func `a query stops when it is told to and can run again`(_ engine: TestEngine) throws {
        let database = try engine.sample()
        try database.writeBlocking { try $0.addSamples(["a", "b", "c"]) }
        try database.readBlocking { connection in
            for _ in 0..<2 {
                var count = 0
                try connection.each("SELECT id FROM sample ORDER BY id") { _ in
                    count += 1
                    return count < 2
                }
                #expect(count == 2)
            }
            #expect(try connection.value("SELECT count(*) FROM sample", as: Int.self) == 3)
            #expect(try connection.value("SELECT id FROM sample WHERE id = 9", as: Int.self) == nil)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a quoted name that does not exist is no string`(_ engine: TestEngine) throws {
        let database = try engine.sample()
        #expect(throws: DatabaseError.self) {
            try database.readBlocking { try $0.rows("SELECT \"nothing\" FROM sample") }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `text orders by its bytes`(_ engine: TestEngine) throws {
        let database = try engine.sample()
        let names = ["é", "z", "Z", "a", "\u{10000}", "\u{FFFD}", "", "a b"]
        try database.writeBlocking { try $0.addSamples(names) }
        let found: [String] = try database.readBlocking { connection in
            try connection.rows("SELECT name FROM sample ORDER BY name").map { try $0.get(0) }
        }
        #expect(found == names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }
}
