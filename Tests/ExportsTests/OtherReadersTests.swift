// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Exports
import Foundation
import TestSupport
import Testing

/// What sqlite3's and PostgreSQL's readers of CSV make of our files: the values that were put in.
@Suite struct OtherReadersTests {
    private static let values = [
        "plain", "a\"b", "\"", "\"\"", "a,b", "a;b", "a\tb", "line\nbreak", "cr\rlf\r\nend",
        " spaces ", "é😀\u{301}", "'quoted'", "=1+1", "\\N", "\\.", "NULL", "#x", "--",
        "\u{FEFF}bom",
        ",;\t\"\n", "a\u{A0}b", "0123", "1e5",
    ]

    @Test(arguments: Delimiter.allCases)
    func `sqlite3 imports the values as they are`(delimiter: Delimiter) async throws {
        let (world, path, keys) = try await file(delimiter)
        defer { withExtendedLifetime(world) {} }
        let script = """
            CREATE TABLE t (c0 TEXT, c1 TEXT, c2 TEXT);
            .mode csv
            .separator "\(mark(delimiter))" "\\n"
            .import --skip 1 \(path) t
            .mode list
            SELECT json_group_array(json_array(c0, c1, c2)) FROM (SELECT * FROM t ORDER BY rowid);
            """
        let output = try SystemProgram.output(["/usr/bin/sqlite3", ":memory:"], input: script)
        #expect(try rows(output) == keys.map { [$0, "", $0] })
    }

    @Test(arguments: Delimiter.allCases)
    func `PostgreSQL copies the values as they are`(delimiter: Delimiter) async throws {
        let (world, path, keys) = try await file(delimiter)
        defer { withExtendedLifetime(world) {} }
        let options = "FORMAT csv, HEADER, DELIMITER E'\(mark(delimiter))'"
        let output = try SystemProgram.output([
            "/usr/bin/psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d",
            try PostgresServer.shared().uri(), "-c",
            "CREATE TEMP TABLE t (n serial, c0 text, c1 text, c2 text)", "-c",
            "\\copy t (c0, c1, c2) FROM '\(path)' WITH (\(options), ENCODING 'UTF8')", "-c",
            "SELECT json_agg(json_build_array(c0, coalesce(c1, ''), c2) ORDER BY n) FROM t",
        ])
        #expect(try rows(output) == keys.map { [$0, "", $0] })
    }

    @Test func `a value that ends the data of COPY is quoted where it stands alone`() async throws {
        let world = try await World()
        let table = try await world.table()
        try await world.create(["userId": "\\."], in: table)
        let definition = try world.definition(.profileCreated, table) {
            $0.columns = [ExportColumn("userId")]
        }
        #expect(try await world.file(try await world.export(definition)) == "userId\n\"\\.\"\n")
    }

    /// A file of three columns: the value, nothing, and the value again; with the values as they are
    /// kept, since input loses blanks at its ends.
    private func file(_ delimiter: Delimiter) async throws -> (World, path: String, keys: [String])
    {
        let world = try await World()
        let table = try await world.table()
        for value in OtherReadersTests.values {
            try await world.create(["userId": value], in: table)
        }
        let definition = try world.definition(.profileCreated, table) {
            $0.formats.delimiter = delimiter
            $0.columns = [
                ExportColumn("userId"), ExportColumn("points"),
                ExportColumn("userId", header: "again"),
            ]
        }
        let text = try await world.file(try await world.export(definition))
        let name = "readers-\(delimiter).csv"
        try world.folder.write(text, to: name)
        let column = try #require(table.businessKey).column
        let keys = try await world.database.read { connection in
            try connection.rows("SELECT \(column) FROM \(table.physicalName) ORDER BY id")
                .map { try $0.get(0, as: String.self) }
        }
        #expect(keys.count == OtherReadersTests.values.count)
        return (world, world.folder.path(name), keys)
    }

    private func mark(_ delimiter: Delimiter) -> String {
        switch delimiter {
        case .comma: ","
        case .semicolon: ";"
        case .tab: "\\t"
        }
    }

    private func rows(_ json: String) throws -> [[String]] {
        try JSONDecoder().decode([[String]].self, from: Data(json.utf8))
    }
}
