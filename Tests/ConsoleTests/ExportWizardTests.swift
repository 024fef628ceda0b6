// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Common
import Database
import Exports
import Foundation
import Millrace
import Tasks
import TestSupport
import Testing

@testable import Console

/// The wizard of exports, step by step, as a browser sends its forms.
@Suite struct ExportWizardTests {
    @Test(arguments: TestEngine.lasting)
    func `a full export of those whom a search finds is made, runs once and is completed`(
        engine: TestEngine
    ) async throws {
        let walk = try await Walk(engine)
        let made = try await walk.prepare()
        let start = try await walk.get("/console/exports/new?kind=full")
        #expect(start.contains("New full export"))
        #expect(start.contains("value=\"profile.full\"") && !start.contains("profile.created"))
        #expect(start.contains("Only French"))
        var page = try await walk.step(
            1,
            start,
            "name=Whole&table=1&pair=profile.full&search=\(made.search)&fileSuffix="
        )
        #expect(page.contains("Name in the file"))
        page = try await walk.step(2, page, "key=userId&on-0=yes&header-0=key&place-0=1")
        #expect(page.contains("fr1") && !page.contains("nl1"))
        page = try await walk.step(3, page, "delimiter=comma")
        #expect(page.contains("Once, as soon as it is active") && !page.contains("firstRun"))
        page = try await walk.step(
            4,
            page,
            "location=0&fileName=whole&compression=none&once=now&frequency=daily&time=04:00&zone=UTC"
        )
        #expect(page.contains("Only whom this search finds") && page.contains("once, when it is"))
        let saved = try await walk.post(5, page, "go=activate")
        #expect(saved.status == 303)
        try await walk.ground.installation.worker.runUntilIdle()
        let export = try await walk.export()
        #expect(export.state == .completed && export.definition.search == made.search)
        #expect(export.lastSeq == 1)
        let shown = try await walk.get("/console/exports/\(export.id)")
        #expect(shown.contains("Completed") && !shown.contains("/activate"))
        let run = try await walk.get("/console/exports/\(export.id)/runs/1")
        #expect(run.contains("a full export"))
        let list = try await walk.get("/console/exports?state=completed")
        #expect(list.contains("Whole") && list.contains("Once, when it is activated"))
        #expect(try await walk.get("/console/exports/\(export.id)/edit").contains("Edit Whole"))
    }

    @Test func `rows of a custom table are exported whole, at a moment in the zone`() async throws {
        let walk = try await Walk(.file)
        let made = try await walk.prepare()
        let start = try await walk.get("/console/exports/new?kind=full")
        #expect(start.contains("repository.full") && !start.contains("linkedData.full"))
        var page = try await walk.step(
            1,
            start,
            "name=Shops&table=1&pair=repository.full&customTable=\(made.shops)"
        )
        #expect(page.contains("code"))
        page = try await walk.step(2, page, "key=code&on-0=yes&place-0=1")
        page = try await walk.step(3, page, "delimiter=comma")
        let transfer = "location=0&fileName=shops&frequency=daily&time=04:00&zone=Europe/Brussels"
        let refused = try await walk.post(4, page, "\(transfer)&once=at&onceDay=soon")
        #expect(refused.status == 422 && refused.text.contains("The day of the one run."))
        page = try await walk.step(
            4,
            page,
            "\(transfer)&once=at&onceDay=2100-06-01&onceTime=10:30"
        )
        #expect(page.contains("once, at 2100-06-01T08:30:00Z") && page.contains("Shops of ours"))
        #expect(try await walk.post(5, page, "go=save").status == 303)
        let export = try await walk.export()
        #expect(export.state == .draft && export.definition.customTable != nil)
        #expect(export.definition.table == nil)
    }

    @Test(arguments: TestEngine.lasting)
    func `a user who is limited to entities makes and sees exports of those only`(
        engine: TestEngine
    ) async throws {
        let ground = try await ConsoleGround(engine)
        let (north, south) = try await ground.write { transaction, context in
            let store = EntityStore(context.workspace)
            return (
                try store.create(name: "North", by: context, in: transaction).id,
                try store.create(name: "South", by: context, in: transaction).id
            )
        }
        let all = try await Walk(ground, entities: [])
        let limited = try await Walk(ground, entities: [north])
        let start = try await limited.get("/console/exports/new")
        #expect(start.contains(">North<") && !start.contains(">South<"))
        let refused = try await limited.post(1, start, "name=Odd&table=1&entity=\(south)")
        #expect(refused.status == 422 && refused.text.contains("Choose one of your entities."))
        let (mine, other) = (
            try await limited.make("Mine", north), try await all.make("Other", south)
        )
        let list = try await limited.get("/console/exports")
        #expect(list.contains(">Mine<") && !list.contains(">Other<"))
        #expect(try await all.get("/console/exports").contains(">Other<"))
        let edit = try await limited.get("/console/exports/\(mine)/edit")
        #expect(edit.contains("Edit Mine"))
        _ = await ground.page("/console/exports/\(other)", by: limited.cookie, status: 404)
        let kept = try await limited.step(1, edit, "name=Mine&table=1&entity=\(north)")
        #expect(try await limited.step(2, kept, "key=userId&on-0=yes").contains("Next: Transfer"))
    }

    @Test func `a search over another table is refused beside its field`() async throws {
        let walk = try await Walk(.file)
        let made = try await walk.prepare()
        let start = try await walk.get("/console/exports/new?kind=full")
        let refused = try await walk.post(
            1,
            start,
            "name=Odd&table=\(made.others)&pair=profile.full&search=\(made.search)"
        )
        #expect(refused.status == 422)
        #expect(refused.text.contains("This search is over another profile table."))
    }
}

/// A manager with the wizard before them.
private struct Walk {
    let ground: ConsoleGround
    let cookie: String
    private let token: String

    init(_ engine: TestEngine) async throws {
        try await self.init(try await ConsoleGround(engine), entities: [])
    }

    init(_ ground: ConsoleGround, entities: Set<EntityID>) async throws {
        self.ground = ground
        let cookie = try await ground.cookie(.manager, entities: entities)
        self.cookie = cookie
        let now = ground.installation.database.time.now()
        let session = try await ground.installation.database.read { connection in
            try SessionStore.session(showing: cookie, at: now, in: connection)
        }
        token = try #require(session).formToken
    }

    /// Two people, a search that finds one of them, another profile table and a custom table.
    func prepare() async throws -> Prepared {
        let workspace = ground.workspace.id
        return try await ground.installation.database.write { transaction in
            let context = Context(
                workspace: workspace,
                actor: "test",
                source: .manualEdit,
                moment: transaction.moment
            )
            let tables = ProfileTableStore(workspace)
            let table = try tables.table(named: "profiles", in: transaction)
            for (key, language) in [("fr1", "fr"), ("nl1", "nl")] {
                _ = try ProfileStore(table).create(
                    values: ["userId": key, "language": language],
                    by: context,
                    in: transaction
                )
            }
            let others = try tables.create(
                name: "others",
                displayName: "Others",
                attributes: [NewAttribute("code", .string, isUnique: true)],
                businessKey: "code",
                by: context,
                in: transaction
            )
            let shops = try CustomTableStore(workspace).create(
                name: "shops",
                displayName: "Shops of ours",
                kind: .repository,
                owners: nil,
                attributes: [NewAttribute("code", .string)],
                businessKey: "code",
                by: context,
                in: transaction
            )
            let search = try SearchStore(workspace, SearchCompiler())
                .create(
                    name: "Only French",
                    over: table,
                    SearchExpression(["attribute": "language", "is": "fr"]),
                    by: context,
                    in: transaction
                )
            return Prepared(search: search.id, others: others.id, shops: shops.id)
        }
    }

    /// What there is to export.
    struct Prepared {
        var search: SearchID
        var others: ProfileTableID
        var shops: CustomTableID
    }

    func get(_ path: String) async throws -> String {
        let answer = await ground.ask(path, cookie: cookie)
        #expect(answer.status == 200, "\(path)")
        return answer.text
    }

    /// Makes an export of new profiles; gives its number.
    func make(_ name: String, _ entity: EntityID) async throws -> ExportID {
        var page = try await get("/console/exports/new")
        let general = "name=\(name)&table=1&pair=profile.created&entity=\(entity)"
        page = try await step(1, page, general)
        page = try await step(2, page, "key=userId&on-0=yes&header-0=&place-0=1")
        page = try await step(3, page, "delimiter=comma")
        let transfer = "location=0&fileName=\(name)&compression=none&frequency=daily&time=04:00"
        page = try await step(4, page, transfer + "&zone=UTC&firstRun=everything")
        #expect(try await post(5, page, "go=save").status == 303)
        let made = try await exports().first { $0.definition.name == name }
        let export = try #require(made)
        #expect(export.definition.entity == entity)
        return export.id
    }

    /// Sends the fields of a step that a page shows.
    func post(_ step: Int, _ page: String, _ fields: String) async throws -> SiteAnswer {
        let hidden = try #require(page.firstMatch(of: #/name="draft" value="([^"]*)"/#))
        return await ground.ask(
            "/console/exports/wizard",
            method: "POST",
            cookie: cookie,
            form: "form=\(token)&draft=\(hidden.1)&step=\(step)&\(fields)"
        )
    }

    /// Sends a step that is right; gives the page of the next.
    func step(_ step: Int, _ page: String, _ fields: String) async throws -> String {
        let answer = try await post(step, page, fields)
        #expect(answer.status == 200, "step \(step): \(answer.text)")
        return answer.text
    }

    /// The only export.
    func export() async throws -> ExportRecord { try #require(try await exports().first) }

    func exports() async throws -> [ExportRecord] {
        let locations = ground.installation.locations
        let workspace = ground.workspace.id
        return try await ground.installation.database.read { connection in
            try ExportStore(workspace, locations: locations).all(in: connection)
        }
    }
}
