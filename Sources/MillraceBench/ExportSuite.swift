// SPDX-License-Identifier: Apache-2.0
import Foundation

/// P7 and P8 of goals.md: files of a delta.
struct ExportSuite {
    let options: Options

    /// P7: a delta of as many events as rows, with gzip, against the database's own shell and gzip.
    func showEvents(_ server: PostgresProcess?) throws {
        let place = try ExportPlace(options, server)
        defer { place.remove() }
        try place.child("fill", ["\(options.rows)"])
        try server?.settle([place.address])
        var pairs: [(ours: Double, floor: Double)] = []
        var memory = 0
        for _ in 0..<options.runs {
            let floor = try place.floor(rows: options.rows)
            let words = try place.child("events", [])
            guard words.count == 3, let ours = Double(words[0]), Int(words[2]) == options.rows
            else {
                throw BenchError.exportFailed(words.joined(separator: " "))
            }
            memory = max(memory, Int(words[1]) ?? 0)
            pairs.append((ours, floor))
        }
        print(
            "\(server == nil ? "P7" : "P7p") \(options.rows) events, gzip: "
                + String(
                    format: "%.2f s, floor %.2f s, ratio %.2f; peak %d MB",
                    median(pairs.map(\.ours)),
                    median(pairs.map(\.floor)),
                    median(pairs.map { $0.ours / $0.floor }),
                    memory
                )
        )
    }

    /// P8: a delta of 10,000 from ten times as many rows, against the same from a tenth.
    func showDeltas(_ server: PostgresProcess?) throws {
        let large = try delta(options.rows * 10, server)
        let small = try delta(options.rows / 10, server)
        print(
            "\(server == nil ? "P8" : "P8p") 10,000 of \(options.rows * 10) rows: "
                + String(
                    format: "%.3f s; of %d rows: %.3f s, ratio %.2f",
                    large,
                    options.rows / 10,
                    small,
                    large / small
                )
        )
    }

    private func delta(_ rows: Int, _ server: PostgresProcess?) throws -> Double {
        let place = try ExportPlace(options, server)
        defer { place.remove() }
        try place.child("profiles", ["\(rows)"])
        try server?.settle([place.address])
        let words = try place.child("deltas", ["\(rows)", "\(max(options.runs, 3))"])
        guard let seconds = words.first.flatMap(Double.init) else {
            throw BenchError.exportFailed(words.joined(separator: " "))
        }
        return seconds
    }

    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

/// A database for one figure, with what its own shell needs to read it.
struct ExportPlace {
    let address: String
    private let folder: String
    private let server: PostgresProcess?

    init(_ options: Options, _ server: PostgresProcess?) throws {
        folder = options.folder + "/export-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        self.server = server
        address = try server?.database("exports") ?? "sqlite:\(folder)/bench.db"
    }

    /// Runs a process of its own over the database; the words that it printed.
    @discardableResult
    func child(_ task: String, _ more: [String]) throws -> [String] {
        let child = try Child(["export", task, address, folder + "/data"] + more)
        return try child.output().split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// The least that could do the job: the same columns from the same rows; the seconds it took.
    func floor(rows: Int) throws -> Double {
        let target = folder + "/floor.csv.gz"
        let start = Date()
        _ = try Tool.output("/bin/sh", ["-c", "\(reader) | gzip -6 > \(target)"])
        return Date().timeIntervalSince(start)
    }

    func remove() {
        try? server?.drop("exports")
        try? FileManager.default.removeItem(atPath: folder)
    }

    private var reader: String {
        guard server != nil else {
            let moment = "datetime(x.event_at / 1000000, 'unixepoch')"
            return "sqlite3 -readonly -csv -header -separator ';' \(folder)/bench.db"
                + " \"\(select(moment))\""
        }
        let moment = "to_char(x.event_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"
        let copy = "\\copy (\(select(moment))) TO STDOUT WITH (FORMAT csv, HEADER, DELIMITER ';')"
        return "psql -X -q -d '\(address)' -c \"\(copy)\""
    }

    private func select(_ moment: String) -> String {
        "SELECT x.id, x.campaign_id, x.ab_version, x.profile_id, l.name, \(moment),"
            + " CASE WHEN p.id IS NOT NULL THEN x.address END, c.technical_name,"
            + " p.\(ExportProcess.keyColumn(folder + "/data"))"
            + " FROM interaction x JOIN campaign c ON c.workspace_id = x.workspace_id"
            + " AND c.id = x.campaign_id LEFT JOIN list l ON l.workspace_id = c.workspace_id"
            + " AND l.id = c.list_id LEFT JOIN p1_1 p ON p.id = x.profile_id"
            + " WHERE x.workspace_id = 1 AND x.state = 'sent' AND x.stamp IS NOT NULL"
            + " ORDER BY x.stamp, x.id"
    }
}
