// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Files
import Tasks

/// One execution of an export: steps A to D (design/protocols.md, "Export").
struct ExportExecution: Sendable {
    let run: TaskRun
    let services: ExportServices
    let store: ExportStore

    private var database: Database { run.database }
    private var runs: RunStore { RunStore(run.task.workspace) }

    /// Someone asked the task to stop.
    private struct Stopped: Error {}

    /// Runs the task from wherever the last attempt stopped.
    func perform(_ export: ExportRecord) async throws -> TaskOutcome {
        guard export.state != .completed else {
            return .ended(try TaskEnding(.completed, "It has run already, as it was to: once."))
        }
        guard export.state == .active else { throw ExportsError.notActive(export.id) }
        let (standing, unfinished) = try await database.read { connection in
            (
                try ChangeClock.standing(in: connection),
                try runs.unfinished(of: export.id, in: connection)
            )
        }
        if let unfinished, unfinished.state == .sealed {
            do {
                return try await bring(unfinished, export, standing)
            } catch ExportsError.fileGone {
                return try await startAnew(unfinished, export)
            }
        }
        let planned = try await plan(export, standing, unfinished)
        try run.failpoints.pass("export.planned")
        do {
            switch try await seal(planned, export, standing) {
            case .nothing(let leftOut): return try await endEmpty(planned, leftOut, export)
            case .sealed(let sealed):
                try run.failpoints.pass("export.sealed")
                return try await finish(sealed, export, standing)
            }
        } catch is Stopped {
            return try await endStopped(planned)
        }
    }

    /// A file that waits for its delivery: this task's own, or one to bring before its own.
    ///
    /// The file of an export that runs once is its own whichever task made it.
    private func bring(
        _ sealed: ExportRun,
        _ export: ExportRecord,
        _ standing: ChangeClock.Standing
    ) async throws -> TaskOutcome {
        guard sealed.task != run.task.id, export.definition.once == nil else {
            return try await finish(sealed, export, standing)
        }
        let delivery = delivery(export, standing)
        let brought = try await database.blocking { try delivery.deliver(sealed) { _ in nil } }
        try await run.step("Delivered \(brought.fileName), which an earlier task had made.")
        return try await perform(try await database.read { try store.export(export.id, in: $0) })
    }

    /// A sealed file that was lost before anyone had it: its window goes into the next one.
    private func startAnew(_ lost: ExportRun, _ export: ExportRecord) async throws -> TaskOutcome {
        try await database.write { transaction in
            try run.guardLease(in: transaction)
            _ = try runs.drop(lost, in: transaction)
        }
        try await run.step("The file of run \(lost.seq) is lost; its window is exported anew.")
        return try await perform(try await database.read { try store.export(export.id, in: $0) })
    }

    /// Step A: a plan of this task stands; another's is made anew, so that it covers more.
    private func plan(
        _ export: ExportRecord,
        _ standing: ChangeClock.Standing,
        _ unfinished: ExportRun?
    ) async throws -> ExportRun {
        let definition = export.definition
        if let unfinished, unfinished.task == run.task.id,
            unfinished.plan.epoch == standing.epoch,
            unfinished.plan.search == definition.search,
            unfinished.plan.isFull == definition.pair.isFull
        {
            return unfinished
        }
        let beginning = try await beginning(of: export)
        let tick = try await tick()
        // One that was called before its moment is named after the call.
        let once = definition.once?.moment.map { min($0, database.time.now()) }
        let dueAt = run.task.dueAt ?? once ?? run.task.createdAt
        let plan = try RunPlanner(export: export, standing: standing)
            .plan(to: tick, beginning: beginning, dueAt: dueAt)
        let names = try definition.transfer.names(for: dueAt, in: definition.zone)
        let seq = export.lastSeq + 1
        return try await database.write { transaction in
            try run.guardLease(in: transaction)
            if let beginning {
                try store.settle(beginning, of: export.id, in: transaction)
            }
            try runs.plan(
                plan,
                seq: seq,
                fileName: names.outer,
                of: export.id,
                task: run.task.id,
                in: transaction
            )
            return try runs.run(seq, of: export.id, in: transaction)
        }
    }

    /// Exports that are due at one time share a tick, unless they come late.
    private func tick() async throws -> Tick {
        let recently = database.time.now() - .minutes(1)
        return try await ChangeClock(database)
            .tick(unlessSince: run.task.dueAt.map { max($0, recently) })
    }

    /// Settled once: what lies between the first execution and the first file would else be in none.
    private func beginning(of export: ExportRecord) async throws -> Tick? {
        if let beginning = export.beginning { return beginning }
        let firstRun = export.definition.firstRun
        guard export.cutOff == nil, !export.definition.pair.isFull,
            let moment = RunPlanner.beginning(firstRun, now: database.time.now())
        else { return nil }
        return try await ChangeClock(database).latest(notAfter: moment)
    }

    /// What came of step B.
    private enum Sealing {
        /// A file that waits for its delivery.
        case sealed(ExportRun)
        /// The window gives no file.
        case nothing(LeftOut)
    }

    /// Step B.
    private func seal(
        _ planned: ExportRun,
        _ export: ExportRecord,
        _ standing: ChangeClock.Standing
    ) async throws -> Sealing {
        try await database.blocking {
            if try run.isStopRequested() { throw Stopped() }
            try Production.removeLeftovers(of: planned, in: export.workspace, from: services.spool)
            let (reading, total) = try database.readBlocking { connection in
                let window = planned.plan.window
                let reading = try RowReading(export, at: window.to.moment, in: connection)
                return (reading, try reading.count(of: planned.plan.unread, in: connection))
            }
            let isLarge = (total ?? .max) >= services.largeWindow
            // How many of them a search finds is not known beforehand.
            let expected = planned.plan.search == nil ? total : nil
            let made = try Production.file(
                of: planned,
                by: run.attempt,
                reading,
                services,
                from: Production.Source(database: database, isLarge: isLarge)
            ) {
                // The last range is seldom a whole one.
                try progress(planned, done: min($0, expected ?? $0), total: expected)
            }
            switch made {
            case .nothing(let leftOut): return .nothing(leftOut)
            case .file(let file):
                return .sealed(try seal(file, planned, export, standing))
            }
        }
    }

    /// Keeps a file that was made; one that another attempt is ahead of goes at once.
    private func seal(
        _ file: SealedFile,
        _ planned: ExportRun,
        _ export: ExportRecord,
        _ standing: ChangeClock.Standing
    ) throws -> ExportRun {
        let manifest = try Manifest(
            planned,
            file,
            fileName: planned.fileName,
            of: export,
            installation: standing.installation,
            program: services.program
        ).text()
        do {
            return try database.writeBlocking { transaction in
                try run.save(
                    checkpoint: ["seq": planned.seq],
                    done: file.rows,
                    total: file.rows,
                    in: transaction
                )
                guard try runs.seal(planned, file, manifest: manifest, in: transaction) else {
                    throw TaskError.leaseLost(run.task.id)
                }
                return try runs.run(planned.seq, of: export.id, in: transaction)
            }
        } catch TaskError.leaseLost(let task) {
            try services.spool.remove(file.packed.file)
            throw TaskError.leaseLost(task)
        }
    }

    /// Steps C and D, then the report.
    private func finish(
        _ sealed: ExportRun,
        _ export: ExportRecord,
        _ standing: ChangeClock.Standing
    ) async throws -> TaskOutcome {
        guard let file = sealed.sealed else {
            throw ExportsError.fileGone(export.id, seq: sealed.seq)
        }
        let delivery = delivery(export, standing)
        let delivered = try await database.blocking {
            try delivery.deliver(sealed) { named in
                let ledger = ExportLedger(named, file)
                return try TaskEnding(.completed, ledger.words, result: ledger)
            }
        }
        await ReportSender(run, services)
            .send(ExportReport(export, ExportLedger(delivered, file)), export)
        return .endedInTransaction
    }

    /// The cut-off stays with the last file, but what was read need not be read again.
    private func endEmpty(
        _ planned: ExportRun,
        _ leftOut: LeftOut,
        _ export: ExportRecord
    ) async throws -> TaskOutcome {
        let ledger = ExportLedger(empty: planned)
        let scanned = ScannedPart(to: planned.plan.window.to, leftOut: leftOut)
        try await database.write { transaction in
            _ = try runs.drop(planned, in: transaction)
            // A full export reads everything anew each time.
            if !planned.plan.isFull { try store.note(scanned, of: export, in: transaction) }
            try store.noteDone(export, in: transaction)
            try run.end(try TaskEnding(.completed, ledger.words, result: ledger), in: transaction)
        }
        await ReportSender(run, services).send(ExportReport(export, ledger), export)
        return .endedInTransaction
    }

    private func endStopped(_ planned: ExportRun) async throws -> TaskOutcome {
        try await database.write { transaction in
            _ = try runs.drop(planned, in: transaction)
            let words =
                planned.plan.isFull
                ? "Stopped on request; no file was made."
                : "Stopped on request; the next execution covers this window too."
            try run.end(try TaskEnding(.error, words), in: transaction)
        }
        return .endedInTransaction
    }

    /// Shows progress, keeps the lease and looks whether someone wants the task to stop.
    private func progress(_ planned: ExportRun, done: Int64, total: Int64?) throws {
        if try run.isStopRequested() { throw Stopped() }
        try database.writeBlocking { transaction in
            try run.save(
                checkpoint: ["seq": planned.seq],
                done: done,
                total: total,
                in: transaction
            )
        }
    }

    private func delivery(_ export: ExportRecord, _ standing: ChangeClock.Standing) -> Delivery {
        Delivery(
            run: run,
            export: export,
            services: services,
            installation: standing.installation
        )
    }
}
