// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Exports
import Files
import Foundation
import Tasks
import TestSupport
import Testing

@Suite struct ReadBackTests {
    @Test(arguments: Delimiter.allCases, Compression.allCases)
    func `Python's csv module reads the values that the preview shows`(
        delimiter: Delimiter,
        compression: Compression
    ) async throws {
        let world = try await World()
        let history = try await History.play(in: world)
        let table = history.table
        try await world.create(["userId": "a\"b,c;d\te\nf", "emailAddress": " é😀 "], in: table)
        let definition = try world.definition(.profileCreated, table) {
            $0.formats.delimiter = delimiter
            $0.transfer.compression = compression
        }
        let export = try await world.export(definition)
        _ = try await world.execute(export)
        let run = try #require(try await world.runs(of: export).first)
        let now = world.time.now()
        let preview = try await world.database.read { [store = world.store] connection in
            try ExportPreview(of: definition, in: store, at: now, connection: connection)
        }
        let path = world.folder.path("out/\(run.fileName)")
        let rows = try python(path, delimiter: delimiter)
        #expect(rows == [preview.headers] + preview.rows)
        #expect(rows.count == 4)
    }

    @Test(arguments: TestEngine.dialects)
    func `a preview shows the ten newest rows and leaves no trace`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        for number in 1...12 { try await world.create(["userId": "u\(number)"], in: table) }
        let definition = try world.definition(.profileCreated, table) {
            $0.columns = [ExportColumn("userId", header: "key")]
        }
        let now = world.time.now()
        let preview = try await world.database.read { [store = world.store] connection in
            try ExportPreview(of: definition, in: store, at: now, connection: connection)
        }
        #expect(preview.headers == ["key"])
        #expect(preview.rows == (3...12).map { ["u\($0)"] })
        #expect(preview.text.hasPrefix("key\nu3\n"))
        let counts = try await world.database.read { connection in
            try ["tick", "export_run", "task"].map { table in
                try connection.value("SELECT count(*) FROM \(table)", as: Int.self)
            }
        }
        #expect(counts == [0, 0, 0])
    }

    private func python(_ path: String, delimiter: Delimiter) throws -> [[String]] {
        let output = try SystemProgram.output([
            "python3", "-c", ReadBackTests.script, path, delimiter.rawValue,
        ])
        return try JSONDecoder().decode([[String]].self, from: Data(output.utf8))
    }

    private static let script = """
        import csv, gzip, io, json, sys, zipfile
        path, delimiter = sys.argv[1:]
        if path.endswith('.zip'):
            archive = zipfile.ZipFile(path)
            data = archive.read(archive.namelist()[0])
        else:
            data = (gzip.open if path.endswith('.gz') else open)(path, 'rb').read()
        text = io.StringIO(data.decode('utf-8'), newline='')
        marks = {'comma': ',', 'semicolon': ';', 'tab': '\\t'}
        print(json.dumps(list(csv.reader(text, delimiter=marks[delimiter], strict=True))))
        """
}
