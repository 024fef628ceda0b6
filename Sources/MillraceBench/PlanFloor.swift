// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The least that could write the contacts of a send: one sorted INSERT … SELECT of the same rows into
/// a table with the same columns and indexes, by the database's own shell.
struct PlanFloor {
    let address: String

    func seconds() throws -> Double {
        address.hasPrefix("sqlite:") ? try sqlite() : try postgres()
    }

    private func sqlite() throws -> Double {
        let path = String(address.dropFirst("sqlite:".count))
        let shell = Shell(program: "/usr/bin/sqlite3", arguments: [path])
        let definitions = try read(
            "/usr/bin/sqlite3",
            [
                path,
                """
                SELECT replace(replace(sql, 'interaction_', 'plan_floor_'), 'interaction ',
                    'plan_floor ') || ';'
                FROM sqlite_master WHERE tbl_name = 'interaction' AND sql IS NOT NULL
                """,
            ]
        )
        try shell.run(definitions.replacingOccurrences(of: "\"interaction\"", with: "plan_floor"))
        let start = Date()
        try shell.run(
            """
            \(Floor.pragmas)
            BEGIN IMMEDIATE;
            INSERT INTO plan_floor SELECT * FROM interaction ORDER BY workspace_id, id;
            COMMIT;
            """
        )
        return Date().timeIntervalSince(start)
    }

    private func postgres() throws -> Double {
        let shell = Shell(
            program: "/usr/bin/psql",
            arguments: ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", address]
        )
        try shell.run("CREATE TABLE plan_floor (LIKE interaction INCLUDING INDEXES);")
        let start = Date()
        try shell.run(
            "INSERT INTO plan_floor SELECT * FROM interaction ORDER BY workspace_id, id;"
        )
        return Date().timeIntervalSince(start)
    }

    private func read(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
