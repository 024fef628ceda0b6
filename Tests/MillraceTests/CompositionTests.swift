// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Files
import Foundation
import Millrace
import Tasks
import TestSupport
import Testing

/// What must hold over all rooms together.
struct CompositionTests {
    /// Tables that hold nothing on a profile, each with the reason.
    static let impersonal: [String: String] = [
        "access_token": "digests of staff's tokens",
        "attribute": "names of attributes", "audit_entry": "what staff did",
        "automated_import": "definitions", "campaign": "texts and rules",
        "bounce_mailbox": "places", "bounce_message": "digests of mails from servers",
        "campaign_count": "counts", "provider_gate": "limits and pauses of relays and gateways",
        "provider_queue": "which sends wait", "relay": "names of servers",
        "change_clock": "the clock", "custom_table": "names of tables",
        "database_copy": "ids of rows that a move copied last",
        "database_move": "where data went", "dkim_key": "public halves of keys",
        "entity": "divisions", "past_epoch": "the clock",
        "file_drop": "where files go", "file_sighting": "names and sizes of files",
        "id_block": "counters", "import_binding": "which import triggers what",
        "import_measure": "counts", "import_trigger": "which run triggered what",
        "message": "texts", "scheduled_send": "what is sent when, to which list or search",
        "scheduled_send_tally": "counts",
        "imported_file": "hashes of files", "list": "names of lists", "location": "places",
        "node": "processes", "profile_table": "names of tables",
        "pressure_limit": "limits", "queue_limit": "limits",
        "repeated_request": "answers of a day; of those on persons only the number",
        "schedule": "recurrences", "schema_migration": "the schema's history",
        "search": "conditions that staff wrote", "search_execution": "counts",
        "secret": "sealed secrets", "segment": "conditions that staff wrote",
        "segmentation": "names of groupings",
        "send": "counts of a send", "service_domain": "domains that staff listed",
        "setting": "settings", "sms_account": "gateways", "sms_credit": "amounts",
        "sms_credit_entry": "amounts", "split_test": "which messages are compared",
        "split_test_message": "which messages are compared", "unfiltered_use": "counts",
        "spool_chunk": "contents of spool files, whose kinds are claimed",
        "spool_file": "names and hashes of spool files, whose kinds are claimed",
        "spool_loose": "ids of contents", "task": "what was asked and counted",
        "task_follower": "what follows which types of tasks",
        "task_step": "sentences without personal values", "tick": "the clock",
        "sign_in_link": "digests of staff's links", "user_password": "hashes of staff's passwords",
        "user_session": "digests of staff's sessions",
        "tracked_link": "links that staff wrote", "tracked_send": "which sends are tracked",
        "webhook": "addresses of other systems", "webhook_delivery": "what they answered",
        "workspace": "names", "workspace_user": "staff",
        "workspace_user_entity": "which staff sees what",
    ]

    @Test(arguments: TestEngine.lasting)
    func `every table is claimed by a section of the dossier or impersonal`(
        _ engine: TestEngine
    ) async throws {
        let run = try await DemoRun.make(engine)
        let claimed = Set(run.installation.dossier.sections.flatMap(\.relations))
        for table in try run.tables().keys.sorted() {
            let isProfiles = table.wholeMatch(of: #/p\d+_\d+/#) != nil
            let isRecency = table.wholeMatch(of: #/p\d+_\d+_recency/#) != nil
            let isRows = table.wholeMatch(of: #/c\d+_\d+/#) != nil
            let name =
                isRows
                ? ProfileRelation.customRows
                : isProfiles
                    ? ProfileRelation.attributes : isRecency ? ProfileRelation.recency : table
            #expect(
                claimed.contains(name) != (Self.impersonal[name] != nil),
                "\(name) is to be claimed by a section or called impersonal, and not both"
            )
        }
        let tables = try run.tables().keys
        for name in Self.impersonal.keys { #expect(tables.contains(name), "\(name) is no table") }
        let kinds: [SpoolKind] = [
            .upload, .fetched, .staging, .rejects, .sealedExport, .report, .outbox,
        ]
        for kind in kinds { #expect(claimed.contains(kind.rawValue), "\(kind.rawValue)") }
        try await expectErasure(run)
        // PostgreSQL has the spool in the database, with what was delivered.
        let delivered = try run.installation.spool.names(of: .sealedExport).count
        #expect(try count("spool_file", run) == (engine == .postgres ? delivered : 0))
        expectScopedStatements(run, scoped: try run.tables())
        try expectPermissions(run)
    }

    @Test func `erasure finds what a spool in the database holds`() async throws {
        let run = try await DemoRun.make(.file, environment: ["MILLRACE_SPOOL": "database"])
        // A file that was imported, as a crash would leave it.
        let spool = run.installation.spool
        let name = "\(run.context.workspace)-left"
        let writer = try spool.create(.upload, name: name)
        try writer.write(Array("@".utf8))
        _ = try writer.finish()
        #expect(try count("spool_file", run) > 1)
        try await expectErasure(run)
        #expect(try spool.names(of: .upload).isEmpty)
        #expect(try count("spool_file", run) == spool.names(of: .sealedExport).count)
        #expect(try count("spool_loose", run) == 0)
    }

    private func count(_ table: String, _ run: DemoRun) throws -> Int {
        try run.database.readBlocking { try $0.value("SELECT count(*) FROM \(table)") ?? -1 }
    }

    /// Erases someone with a mail and someone with a warning, then looks for them everywhere.
    private func expectErasure(_ run: DemoRun) async throws {
        let installation = run.installation
        let people = try run.database.readBlocking { connection in
            try connection.rows(
                """
                SELECT i.profile_id, i.address FROM interaction i
                WHERE i.state = 'sent' AND (i.id = (SELECT min(id) FROM interaction)
                    OR i.profile_id IN (SELECT profile_id FROM import_problem))
                """
            ).map { (try $0.get(0, as: ProfileID.self), try $0.get(1, as: String.self)) }
        }
        #expect(people.count > 1)
        for (id, address) in people.prefix(3) {
            let values = try await erase(id, address, run)
            #expect(values.count > 1)
            for value in values {
                // Delivered exports are all that is left in a spool in the database.
                let columns = try columns(holding: value, run).filter { $0 != "spool_chunk.bytes" }
                #expect(columns.isEmpty, "in a table")
                let files = try Self.files(
                    holding: value,
                    below: installation.configuration.dataFolder
                )
                // Of delivered files the erasure says that they are left, and until when.
                let delivered = ["transferbox/", "spool/sealed-export/"]
                let others = files.filter { !delivered.contains(where: $0.hasPrefix) }
                #expect(others.isEmpty)
            }
        }
    }

    /// - Returns: What is to be found nowhere.
    private func erase(
        _ id: ProfileID,
        _ address: String,
        _ run: DemoRun
    ) async throws
        -> [String]
    {
        try await run.database.write { transaction in
            let table = try ProfileTableStore(run.context.workspace)
                .table(named: "profiles", in: transaction)
            let found = try ProfileStore(table).profile(id, in: transaction)
            let profile = try #require(found)
            let values = [AttributeRole.emailAddress, .mobileNumber].compactMap {
                profile.text($0)
            }
            let report = try Erasure(run.installation.dossier).erase(
                id,
                from: table,
                Collection(source: nil, way: nil, moment: transaction.moment),
                by: run.context,
                in: transaction
            )
            #expect(!report.left.isEmpty)
            return values + [address]
        }
    }

    private func columns(holding value: String, _ run: DemoRun) throws -> [String] {
        let tables = try run.tables()
        return try run.database.readBlocking { connection in
            try tables.flatMap { table, columns in
                try columns.filter { column in
                    let holds = connection.contains(
                        column: "CAST(\(column) AS TEXT)",
                        placeholder: "$1"
                    )
                    let count: Int? = try connection.value(
                        "SELECT count(*) FROM \(table) WHERE \(holds)",
                        [value]
                    )
                    return count != 0
                }.map { "\(table).\($0)" }
            }
        }
    }

    private static func files(holding value: String, below folder: String) throws -> [String] {
        let wanted = Data(value.utf8)
        return try Scratch.files(below: folder).filter { path in
            try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(path)"))
                .range(of: wanted) != nil
        }
    }

    /// A statement on a table that has workspaces binds one, or says that it means all.
    private func expectScopedStatements(_ run: DemoRun, scoped tables: [String: [String]]) {
        let scoped = tables.filter { $0.value.contains("workspace_id") }.keys
        var seen = 0
        for statement in run.statements where !statement.contains("-- all workspaces") {
            guard !statement.hasPrefix("CREATE"), !statement.hasPrefix("ALTER") else { continue }
            let words = Set(
                statement.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
            )
            guard scoped.contains(where: words.contains) else { continue }
            seen += 1
            #expect(words.contains("workspace_id"), "\(statement)")
        }
        #expect(seen > 80)
    }

    /// Everything that is kept is for the owner alone.
    private func expectPermissions(_ run: DemoRun) throws {
        let folder = run.folder.path
        for path in Scratch.files(below: folder) {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(path)")
            let mode = try #require(attributes[.posixPermissions] as? Int)
            #expect(mode & 0o077 == 0, "\(path) can be read by others")
        }
    }

    @Test func `the jobs that can run are the types that the docs say are there`() throws {
        let folder = try TemporaryFolder()
        let installation = try Installation(
            Configuration(address: "sqlite:\(folder.path("m.db"))", environment: [:])
        )
        let page = try String(
            contentsOfFile: "\(Scratch.repository)/docs/task-types.md",
            encoding: .utf8
        )
        let documented = page.matches(of: #/(?m)^\| `([a-z_]+)` \| ([^|]+) \|/#).map {
            "\($0.1) \($0.2)"
        }
        let registered = installation.taskTypes.map { "\($0.name) \($0.displayName)" }
        #expect(registered.sorted() == documented.sorted())
    }

    @Test func `two installations in one folder keep to themselves`() async throws {
        let folder = try TemporaryFolder()
        let scratch = try Scratch()
        let file = try folder.write("user_id,email\nU1,one@people.test\n", to: "one.csv")
        let environment = [
            "MILLRACE_DATABASE": "sqlite:\(folder.path("a.db"))",
            "MILLRACE_DATA": folder.path("a.db-data"),
        ]
        let other = [
            "MILLRACE_DATABASE": "sqlite:\(folder.path("b.db"))",
            "MILLRACE_DATA": folder.path("b.db-data"),
        ]
        let ran = try await scratch.run("import", file, environment: environment)
        #expect(ran.code == 0, "\(ran.error)")
        let tasks = try await scratch.run("tasks", "list", environment: other)
        #expect(tasks.output.contains("There is no such task."))
        let profile = try await scratch.run("profile", "show", "U1", environment: other)
        #expect(profile.code == 1)
        let own = try await scratch.run("profile", "show", "U1", environment: environment)
        #expect(own.code == 0)
    }
}
