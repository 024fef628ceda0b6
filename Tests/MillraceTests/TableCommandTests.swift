// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// Custom tables and segmentations from the command line, through files, exports and a move.
struct TableCommandTests {
    @Test(.timeLimit(.minutes(30)), arguments: TestEngine.lasting)
    func `rows come in by file, go out by export, and move with the installation`(
        _ engine: TestEngine
    ) async throws {
        let scratch = try Scratch(engine)
        let people = try scratch.folder.write(
            "user_id,email\nU1,a@x.test\nU2,b@x.test\n",
            to: "p.csv"
        )
        let orders = try scratch.folder.write(
            "number,userId,amount\n1,U1,5\n2,U1,50\n3,U9,7\n",
            to: "orders.csv"
        )
        try await scratch.run(["import", people])
        try await scratch.run([
            "table", "create", "orders", "--kind", "linkedData", "--key", "number", "--attribute",
            "number:string", "--attribute", "amount:number",
        ])
        let imported = try await scratch.run(
            expecting: 3,
            ["import", orders, "--custom-table", "orders"]
        )
        #expect(imported.output.contains("Failed during profile saving"))
        try await scratch.run(["table", "add-attribute", "orders", "tags:string:several"])
        let rows = try await scratch.run(["table", "rows", "orders", "--profile", "U1"])
        #expect(rows.output.contains("number: 2, amount: 50"), "\(rows.output)")
        try await segment(scratch)
        let file = try await export(scratch)
        #expect(file.contains("\n") && file.hasPrefix("id;number;amount;tags;creationMoment"))
        try await move(scratch)
    }

    private func segment(_ scratch: Scratch) async throws {
        try await scratch.run([
            "segmentation", "create", "buyers", "--history", "--segment",
            #"{"rows":"orders","atLeast":2}"#,
        ])
        let refreshed = try await scratch.run(["segmentation", "refresh", "buyers"])
        #expect(refreshed.output.contains("Changes: 1"), "\(refreshed.output)")
        let listed = try await scratch.run(["segmentation", "list", "--json"])
        #expect(listed.output.contains(#""profiles" : 1"#), "\(listed.output)")
    }

    private func export(_ scratch: Scratch) async throws -> String {
        try await scratch.run([
            "export", "create", "orders", "--type", "linkedData.created", "--custom-table",
            "orders",
            "--file", "orders", "--everything",
        ])
        try await scratch.run(["export", "run", "orders"])
        let files = try FileManager.default.contentsOfDirectory(atPath: scratch.transferbox)
        let name = try #require(files.first { $0.hasSuffix(".csv") })
        return try String(contentsOfFile: "\(scratch.transferbox)/\(name)", encoding: .utf8)
    }

    private func move(_ scratch: Scratch) async throws {
        let target = "sqlite:\(scratch.folder.path("moved.db"))"
        try await scratch.run([
            "migrate-database", scratch.address, target, "--from-data", scratch.data, "--to-data",
            scratch.folder.path("moved.db-data"),
        ])
        let environment = [
            "MILLRACE_DATABASE": target, "MILLRACE_DATA": scratch.folder.path("moved.db-data"),
        ]
        let rows = try await scratch.run("table", "rows", "orders", environment: environment)
        #expect(rows.output.split(separator: "\n").count == 2, "\(rows.output)\(rows.error)")
        let cleared = try await scratch.run(
            "table",
            "clear",
            "orders",
            "--drop",
            "--yes",
            environment: environment
        )
        #expect(cleared.code == 0, "\(cleared.output)\(cleared.error)")
        let listed = try await scratch.run("segmentation", "list", environment: environment)
        #expect(listed.output.contains("buyers: simple"), "\(listed.output)\(listed.error)")
    }
}
