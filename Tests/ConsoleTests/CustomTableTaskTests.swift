// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Common
import Database
import Files
import Foundation
import Imports
import Millrace
import Tasks
import TestSupport
import Testing

@testable import Console

/// Imports of custom tables are shown as those of profiles are.
struct CustomTableTaskTests {
    private func makeTable(_ ground: ConsoleGround) async throws {
        try await ground.write { transaction, context in
            let people = try ProfileTableStore(ground.workspace.id)
                .table(named: "profiles", in: transaction)
            try ProfileStore(people)
                .create(values: ["userId": "ann"], by: context, in: transaction)
            _ = try CustomTableStore(ground.workspace.id).create(
                name: "orders",
                displayName: "Orders",
                kind: .linkedData,
                owners: people,
                attributes: [NewAttribute("number", .string), NewAttribute("amount", .number)],
                businessKey: "number",
                by: context,
                in: transaction
            )
        }
    }

    /// An automated import of a file with one good and one bad row.
    private func makeImport(_ ground: ConsoleGround) async throws -> ImportID {
        let box = "\(ground.folder.path)/data/transferbox/\(ground.workspace.id)"
        try FileManager.default.createDirectory(
            atPath: box,
            withIntermediateDirectories: true
        )
        let text = "number,userId,amount\nA-1,ann,5\nA-2,ann,many\n"
        try text.write(toFile: "\(box)/orders.csv", atomically: true, encoding: .utf8)
        try "".write(toFile: "\(box)/orders.csv.done", atomically: true, encoding: .utf8)
        var plan = ImportPlan()
        plan.customTable = "orders"
        let definition = AutomatedImportDefinition(
            name: "orders",
            folder: "",
            selector: try FileSelector(.exact("orders.csv")),
            plan: plan
        )
        return try await ground.write { transaction, context in
            try AutomatedImportStore(ground.workspace.id)
                .create(definition, isActive: false, by: context, in: transaction).id
        }
    }

    private func hold(_ task: String, _ reason: String?, _ ground: ConsoleGround) async throws {
        try await ground.write { transaction, _ in
            _ = try transaction.execute(
                "UPDATE task SET hold_reason = $3 WHERE workspace_id = $1 AND id = $2",
                [ground.workspace.id, Int64(task) ?? 0, reason]
            )
        }
    }

    @Test(arguments: TestEngine.lasting)
    func `an import of a custom table has its run, its breakdown and its lists`(
        engine: TestEngine
    ) async throws {
        let ground = try await ConsoleGround(engine)
        let manager = try await ground.cookie(.manager)
        try await makeTable(ground)
        let id = try await makeImport(ground)
        let started = try await ground.post("/console/imports/\(id)/run", by: manager)
        let place = started.location
        let task = String(try #require(place.split(separator: "/").last))
        try await hold(task, "it is unlike the others", ground)
        #expect(await ground.page(place, by: manager).contains("Accept the file"))
        try await hold(task, nil, ground)
        try await ground.installation.worker.runUntilIdle()
        for page in ["/console/imports", "/console/imports/\(id)"] {
            let text = await ground.page(page, by: manager)
            #expect(text.contains("href=\"\(place)\""), "\(page)")
        }
        let shown = await ground.page(place, by: manager)
        #expect(shown.contains("Rows of the file"))
        #expect(shown.contains("\(place)/replay"))
        let failed = await ground.ask("\(place)/rows.csv?only=failed", cookie: manager)
        #expect(failed.status == 200)
        let imported = await ground.page("\(place)/imported", by: manager)
        #expect(imported.contains("A-1") && !imported.contains("Profile 1"))
        #expect(await ground.page("\(place)/rows", by: manager).contains("many"))
        let lasted = try await ground.read { connection in
            try TriggerFit.durations(of: id, ground.workspace.id, connection)
        }
        #expect(lasted.count == 1)
    }
}
