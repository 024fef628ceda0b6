// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Campaigns
import Common
import Database
import Files
import Imports
import TestSupport
import Testing

@testable import Console

/// Changing an automated import by the wizard: what its steps do not show stays as it was.
struct ImportEditTests {
    private static let path = "/console/imports"

    /// A definition in which nothing is as it is by default.
    private func definition() throws -> AutomatedImportDefinition {
        var plan = ImportPlan(
            table: "profiles",
            format: FileFormat(delimiter: ";", quote: "'", encoding: "windows1252"),
            mapping: [
                ColumnMapping("mail", to: .attribute("emailAddress"), blank: .clear),
                ColumnMapping("rest", to: .ignored),
            ],
            identifiers: ["emailAddress", "mobileNumber"],
            mayResubscribe: true,
            valueSeparator: "|"
        )
        plan.collection = Collection(source: "shop", way: "counter")
        let start = try #require(Instant(iso8601: "2026-03-01T02:00:00Z"))
        return AutomatedImportDefinition(
            name: "nightly",
            folder: "in",
            selector: try FileSelector(.expression("people.*"), choice: .allOldestFirst),
            plan: plan,
            recurrence: Recurrence(.hourly(every: 5, from: start), in: .utc),
            aftermath: .move,
            stablePause: 7,
            skipsKnownFiles: false,
            missedWindowHours: 3,
            watch: FeedWatch(rowTolerance: 0.25, filesToLearn: 9, isOn: false, deadline: nil)
        )
    }

    private func make(
        _ definition: AutomatedImportDefinition,
        _ ground: ConsoleGround
    ) async throws -> AutomatedImport {
        try await ground.write { transaction, context in
            try AutomatedImportStore(ground.workspace.id)
                .create(definition, isActive: true, by: context, in: transaction)
        }
    }

    private func stored(
        _ id: ImportID,
        _ ground: ConsoleGround
    ) async throws -> AutomatedImportDefinition {
        try await ground.read { connection in
            try AutomatedImportStore(ground.workspace.id).find(id, in: connection).definition
        }
    }

    @Test func `a draft describes the import that it was made of`() async throws {
        let ground = try await ConsoleGround(.file)
        let definition = try definition()
        let made = try await make(definition, ground)
        let draft = ImportDraft(made, nil, zone: .utc)
        let now = try #require(Instant(iso8601: "2026-11-30T12:34:56Z"))
        #expect(try draft.definition(over: definition, now: now) == definition)
    }

    @Test(arguments: TestEngine.lasting)
    func `an import that gets another name keeps everything else`(
        engine: TestEngine
    ) async throws {
        let ground = try await ConsoleGround(engine)
        let manager = try await ground.cookie(.manager)
        let entity = try await ground.write { transaction, context in
            try EntityStore(ground.workspace.id)
                .create(name: "Shops", by: context, in: transaction).id
        }
        var wanted = try definition()
        wanted.entity = entity
        let made = try await make(wanted, ground)
        let page = await ground.page("\(Self.path)/\(made.id)/edit", by: manager)
        let handed = try #require(page.firstMatch(of: #/name="draft" value="([^"]*)"/#)).1
        var draft = try ImportDraft(handedOn: String(handed))
        draft.name = "weekly"
        let saved = try await ground.post(
            "\(Self.path)/wizard",
            ["draft": draft.handedOn, "step": "5", "go": "activate"],
            by: manager
        )
        #expect(saved.location == "\(Self.path)/\(made.id)")
        wanted.name = "weekly"
        #expect(try await stored(made.id, ground) == wanted)
    }

    @Test(arguments: TestEngine.lasting)
    func `an import of a custom table is not turned into one of profiles`(
        engine: TestEngine
    ) async throws {
        let ground = try await ConsoleGround(engine)
        let manager = try await ground.cookie(.manager)
        var wanted = try definition()
        wanted.plan.customTable = "orders"
        let made = try await make(wanted, ground)
        let page = await ground.page("\(Self.path)/\(made.id)/edit", by: manager, status: 422)
        #expect(page.contains("custom table orders"))
        let shown = await ground.page("\(Self.path)/\(made.id)", by: manager)
        #expect(shown.contains("Custom table") && !shown.contains("/\(made.id)/edit"))
        let draft = ImportDraft(made, nil, zone: .utc)
        let refused = try await ground.post(
            "\(Self.path)/wizard",
            ["draft": draft.handedOn, "step": "5", "go": "save"],
            by: manager
        )
        #expect(refused.status == 400)
        #expect(try await stored(made.id, ground) == wanted)
    }

    @Test func `several identifiers are a choice of their own`() async throws {
        let ground = try await ConsoleGround(.file)
        let offer = try await ground.read { connection in
            try MappingOffer.read("profiles", ground.workspace.id, connection)
        }
        let group = MappingFields.group("emailAddress,mobileNumber", false, ",", offer)
        let options = group.fields.first?.options.map(\.value) ?? []
        #expect(options.contains("emailAddress,mobileNumber"))
        #expect(
            !MappingFields.group("", false, ",", offer).fields[0].options.dropFirst().contains {
                $0.value.isEmpty
            }
        )
    }
}
