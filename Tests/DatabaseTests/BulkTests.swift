// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import TestSupport
import Testing

struct BulkTests {
    @Test(arguments: TestEngine.allCases)
    func `many rows are inserted, updated and found again`(_ engine: TestEngine) throws {
        let database = try engine.sample()
        try database.writeBlocking { transaction in
            try Self.insert(0..<5_000, in: transaction)
            let update = try transaction.update(
                of: "sample",
                columns: ["note", "whole"],
                key: "name"
            )
            for number in stride(from: 0, to: 5_000, by: 7) {
                update.value(.text("changed"))
                update.null()
                update.value(.text("n\(number)"))
                try update.endRow()
            }
            try update.finish()
        }
        try database.readBlocking { connection in
            #expect(try connection.value("SELECT count(*) FROM sample", as: Int.self) == 5_000)
            let changed: Int? = try connection.value(
                "SELECT count(*) FROM sample WHERE note = $1 AND whole IS NULL",
                ["changed"]
            )
            #expect(changed == 715)
            let untouched: Int? = try connection.value(
                "SELECT count(*) FROM sample WHERE note IS NULL AND whole = id * 2"
            )
            #expect(untouched == 5_000 - 715)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `an update with a witness fails where a row has another value by now`(
        _ engine: TestEngine
    ) throws {
        let database = try engine.sample()
        try database.writeBlocking { try Self.insert(0..<10, in: $0) }
        try database.writeBlocking { try Self.note("first", witnessed: [2, 4], in: $0) }
        for wrong: Int64 in [3, 999] {
            #expect(throws: DatabaseError.conflict("40001")) {
                try database.writeBlocking(.bulk) {
                    try Self.note("second", witnessed: [2, wrong], in: $0)
                }
            }
        }
        let notes = try database.readBlocking { connection in
            try connection.rows("SELECT id, note FROM sample WHERE note IS NOT NULL ORDER BY id")
                .map { "\(try $0.get(0, as: Int.self)) \(try $0.get(1, as: String.self))" }
        }
        #expect(notes == ["1 first", "2 first"])
    }

    /// Notes something at the rows 1 and 2 while their columns `whole` are as given.
    private static func note(
        _ words: String,
        witnessed: [Int64],
        in transaction: Transaction
    ) throws {
        let update = try transaction.update(
            of: "sample",
            columns: ["note"],
            key: "id",
            witness: "whole",
            within: [("workspace_id", .integer(1))]
        )
        for (offset, whole) in witnessed.enumerated() {
            update.value(.text(words))
            update.integer(Int64(offset + 1))
            update.integer(whole)
            try update.endRow()
        }
        try update.finish()
    }

    @Test(arguments: TestEngine.allCases)
    func `a lookup tells the position of each key that matches`(_ engine: TestEngine) throws {
        let database = try engine.sample()
        try database.writeBlocking { try Self.insert(0..<100, in: $0) }
        let keys: [SQLValue] = [
            .text("n9"), .text("absent"), .null, .text("n3"), .text("n9"), .text(""),
        ]
        let lookup = Lookup(table: "sample", key: "name", columns: ["id", "whole"], keys: keys)
        var found: [[Int64]] = []
        try database.readBlocking { connection in
            try connection.lookup(lookup) { position, row in
                found.append([Int64(position), row.integer(0), row.integer(1)])
            }
        }
        #expect(found.sorted { $0[0] < $1[0] } == [[0, 9, 18], [3, 3, 6], [4, 9, 18]])
    }

    /// Ascending and close together they are read in one go, in another order or far apart one by one.
    @Test(arguments: TestEngine.allCases)
    func `keys that lie close together are found as all others are`(_ engine: TestEngine) throws {
        let database = try engine.sample()
        try database.writeBlocking { transaction in
            try Self.insert(0..<1_000, in: transaction)
            try transaction.execute("DELETE FROM sample WHERE id % $1 = 0", [7])
            try transaction.execute("UPDATE sample SET workspace_id = $1 WHERE id > 900", [2])
        }
        let close = (Int64(-50)..<950).filter { $0 % 3 != 0 }
        let anywhere = [Int64.min] + close + [Int64.max]
        for keys in [
            close, close.reversed(), close + close.suffix(1), Array(close.prefix(9)), anywhere,
        ] {
            let lookup = Lookup(
                table: "sample",
                key: "id",
                columns: ["whole", "name"],
                keys: keys.map(\.sql),
                fixed: [("workspace_id", 1.sql)]
            )
            var found: [Int: String] = [:]
            try database.readBlocking { connection in
                try connection.lookup(lookup) { position, row in
                    #expect(found[position] == nil)
                    found[position] = "\(row.integer(0)) \(row.text(1) ?? "")"
                }
            }
            let expected = keys.enumerated()
                .filter { (1...900).contains($1) && $1 % 7 != 0 }
                .map { ($0, "\($1 * 2) n\($1)") }
            #expect(found == Dictionary(uniqueKeysWithValues: expected))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `several matches of one key come in the order of ids`(_ engine: TestEngine) throws {
        let database = try engine.sample()
        try database.writeBlocking { transaction in
            try Self.insert(0..<10, in: transaction)
            try transaction.execute("UPDATE sample SET note = $1 WHERE id > 6", ["same"])
        }
        let lookup = Lookup(
            table: "sample",
            key: "note",
            columns: ["id"],
            keys: [.text("same")]
        )
        var found: [Int64] = []
        try database.readBlocking { try $0.lookup(lookup) { found.append($1.integer(0)) } }
        #expect(found == [7, 8, 9])
    }

    @Test(arguments: TestEngine.allCases)
    func `lookups and writers of the same shape may stand inside one another`(
        _ engine: TestEngine
    ) throws {
        let database = try engine.sample()
        try database.writeBlocking { transaction in
            try Self.insert(0..<10, in: transaction)
            try transaction.execute("UPDATE sample SET note = $1 WHERE id < 2", ["same"])
            let lookup = Lookup(
                table: "sample",
                key: "note",
                columns: ["id"],
                keys: [.text("same")]
            )
            var found: [Int64] = []
            try transaction.lookup(lookup) { _, outer in
                found.append(outer.integer(0))
                try transaction.lookup(lookup) { found.append($1.integer(0) + 10) }
            }
            #expect(found == [0, 10, 11, 1, 10, 11])
            let columns = ["id", "workspace_id", "name"]
            let first = try transaction.insertion(into: "sample", columns: columns)
            let second = try transaction.insertion(into: "sample", columns: columns)
            for (writer, id) in [(first, 20), (second, 21)] {
                writer.integer(Int64(id))
                writer.integer(1)
                writer.value(.text("n\(id)"))
            }
            try first.endRow()
            try second.endRow()
            try first.finish()
            try second.finish()
            let names: [Int] = try transaction.rows(
                "SELECT id FROM sample WHERE id > 15 ORDER BY id"
            )
            .map { try $0.get(0) }
            #expect(names == [20, 21])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `a row that breaks a key fails the writing and leaves nothing`(_ engine: TestEngine) throws
    {
        let database = try engine.sample()
        #expect(throws: DatabaseError.uniqueViolation(key: "sample.name")) {
            try database.writeBlocking { transaction in
                try Self.insert(0..<10, in: transaction)
                try Self.insert(9..<20, in: transaction, idOffset: 100)
            }
        }
        let count: Int? = try database.readBlocking {
            try $0.value("SELECT count(*) FROM sample")
        }
        #expect(count == 0)
        try database.writeBlocking { try Self.insert(0..<10, in: $0) }
    }

    /// Rows named `n<number>`, their `whole` twice their id, written by pointers to text.
    static func insert(_ numbers: Range<Int>, in transaction: Transaction, idOffset: Int = 0) throws
    {
        let writer = try transaction.insertion(
            into: "sample",
            columns: ["id", "workspace_id", "name", "whole", "note"]
        )
        for number in numbers {
            writer.integer(Int64(number + idOffset))
            writer.integer(1)
            let name = Array("n\(number)".utf8)
            try name.withUnsafeBufferPointer { bytes in
                writer.utf8(bytes)
                writer.value(.integer(Int64(number * 2)))
                writer.null()
                try writer.endRow()
            }
        }
        try writer.finish()
    }
}
