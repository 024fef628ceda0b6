// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import Database
import Foundation
import Imports
import Testing

/// Checks from outside that everything adds up: database and plain files.
struct Audit {
    let scratch: Scratch
    private let workspace = WorkspaceID(1)

    init(_ scratch: Scratch) { self.scratch = scratch }

    /// Checks imports, sends and the outbox; everything must have ended.
    ///
    /// Forgotten are mails that left in a time that a restored database does not know.
    func check(forgotten: Set<Int64> = []) throws {
        try checkTasks()
        try checkImports()
        try checkSends()
        try checkOutbox(forgotten)
    }

    private func checkTasks() throws {
        let open = try texts(
            "SELECT type || ' ' || status FROM task WHERE status NOT IN ('completed', 'error')"
        )
        #expect(open.isEmpty, "these tasks have not ended well: \(open)")
        let faults = try texts(
            "SELECT type || ': ' || failure FROM task WHERE failure IS NOT NULL"
        )
        #expect(faults.isEmpty)
    }

    private func checkImports() throws {
        try scratch.read { connection in
            let tasks = try connection.rows(
                "SELECT id, result FROM task WHERE type = 'profile_import' AND result IS NOT NULL"
            )
            for task in tasks {
                let result: ImportResult = try task.json("result")
                guard !result.isDryRun else { continue }
                let id: Int64 = try task.get("id")
                let counted = try connection.row(
                    """
                    SELECT
                        (SELECT count(*) FROM import_row WHERE task_id = $1) AS imported,
                        (SELECT count(DISTINCT line) FROM import_row WHERE task_id = $1) AS lines,
                        (SELECT count(DISTINCT line) FROM import_problem
                         WHERE task_id = $1 AND outcome <> 'warning') AS failed,
                        (SELECT count(DISTINCT line) FROM import_problem
                         WHERE task_id = $1 AND outcome = 'warning') AS warnings
                    """,
                    [id]
                )
                let row = try #require(counted)
                let ledger = result.breakdown
                #expect(ledger.total == ledger.imported + ledger.failed, "import task \(id)")
                #expect(try row.get("imported") == ledger.imported, "import task \(id)")
                #expect(try row.get("lines") == ledger.imported, "import task \(id)")
                #expect(try row.get("failed") == ledger.failed, "import task \(id)")
                #expect(try row.get("warnings") == ledger.warnings, "import task \(id)")
            }
            #expect(!tasks.isEmpty)
        }
    }

    private func checkSends() throws {
        try scratch.read { connection in
            let sends = try connection.rows("SELECT id, state, import_task_id FROM send")
            for send in sends {
                let id: Int64 = try send.get("id")
                let ledger = try SendStore(workspace).ledger(of: SendID(id), in: connection)
                let source: Int64 = try send.get("import_task_id")
                let imported: Int? = try connection.value(
                    "SELECT count(*) FROM import_row WHERE task_id = $1",
                    [source]
                )
                #expect(ledger.closes, "send \(id)")
                #expect(ledger.targeted == imported, "send \(id)")
                #expect(ledger.pending == 0, "send \(id)")
                #expect(try send.get("state") == "sent", "send \(id)")
            }
        }
        let twice = try texts(
            """
            SELECT send_id || ' ' || profile_id FROM interaction
            GROUP BY send_id, profile_id HAVING count(*) > 1
            """
        )
        #expect(twice.isEmpty, "two contacts of one person in one send: \(twice)")
    }

    /// The interactions of the mails in the outbox, by their Message-IDs.
    func outboxMails() throws -> [Int64] {
        var found: [Int64] = []
        for path in Scratch.files(below: scratch.outbox) {
            let name = (path as NSString).lastPathComponent
            #expect(!name.hasPrefix("."), "\(name) was left half-written")
            let text = try String(contentsOfFile: "\(scratch.outbox)/\(path)", encoding: .utf8)
            let header = text.split(whereSeparator: \.isNewline)
                .first { $0.lowercased().hasPrefix("message-id:") }
            let id = try #require(header).drop { $0 != "<" }.dropFirst().prefix { $0 != ">" }
            #expect(name == "\(id).eml")
            let parts = id.prefix { $0 != "@" }.split(separator: ".")
            found.append(try #require(Int64(parts.last ?? "")))
        }
        return found
    }

    private func checkOutbox(_ forgotten: Set<Int64>) throws {
        let mails = try outboxMails()
        let distinct = Set(mails).count
        #expect(distinct == mails.count, "a Message-ID stands twice in the outbox")
        let sent = Set(try integers("SELECT id FROM interaction WHERE state = 'sent'"))
        let inDoubt = Set(try inDoubt())
        let missing = sent.subtracting(mails)
        #expect(missing.isEmpty, "not in the outbox: \(missing)")
        let again = try integers(
            "SELECT id FROM interaction WHERE detail LIKE '%holds this Message-ID already%'"
        )
        #expect(again.isEmpty, "handed over twice: \(again)")
        let strangers = Set(mails).subtracting(sent).subtracting(inDoubt).subtracting(forgotten)
        #expect(strangers.isEmpty, "neither sent nor in doubt: \(strangers)")
    }

    /// Nothing that dead processes left lies in the spool; to be called after upkeep.
    func checkSpool() {
        let left = Scratch.files(below: "\(scratch.data)/spool").filter { path in
            let isFinished = path.hasPrefix("report/") || path.hasPrefix("sealed-export/")
            // A process that ended leaves its lock to the next sweep.
            let isLock = path.hasPrefix(".scratch/") && path.hasSuffix(".lock")
            return !isLock && (!isFinished || path.contains("/."))
        }
        #expect(left.isEmpty, "\(left)")
    }

    /// Each content of a spool in the database is a file's, or known to be left; and no file that
    /// an import is through with is there.
    func checkSpoolRows() throws {
        let unknown = try texts(
            """
            SELECT content FROM spool_chunk WHERE content NOT IN (SELECT content FROM spool_file)
                AND content NOT IN (SELECT content FROM spool_loose)
            """
        )
        #expect(unknown.isEmpty, "\(unknown)")
        let kinds = Set(try texts("SELECT kind FROM spool_file"))
        #expect(kinds == ["sealed-export"])
    }

    /// The interactions in doubt.
    func inDoubt() throws -> [Int64] {
        try integers("SELECT id FROM interaction WHERE state = 'inDoubt'")
    }

    func integers(_ sql: String) throws -> [Int64] {
        try scratch.read { try $0.rows(sql).map { try $0.get(0) } }
    }

    func texts(_ sql: String) throws -> [String] {
        try scratch.read { try $0.rows(sql).map { try $0.get(0) } }
    }
}
