// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Foundation
import Tasks

/// One run of a bulk's task; blocks.
struct MemberBulkWork {
    /// How often a transaction that met another writer starts over.
    private static let collisions = 10

    let run: TaskRun
    let job: MemberBulkJob
    private let id: MemberBulkID
    private let ledger: BulkLedger

    init(_ run: TaskRun, _ job: MemberBulkJob) throws {
        self.run = run
        self.job = job
        id = try run.task.parameters(as: MemberBulkJob.Parameters.self).bulk
        ledger = BulkLedger(run.task.workspace)
    }

    /// Applies the bulk, or records why it could not be.
    ///
    /// - Throws: What is no failure of the bulk: a lost lease, an interruption, a server that is away.
    func go() throws {
        do {
            try run.failpoints.pass("bulk.claimed")
            try gather()
            try applyTogetherOrAlone()
        } catch  where MemberBulkWork.isInternal(error) {
            try run.failpoints.pass("bulk.rolledBack")
            try record(error)
        }
        try run.failpoints.pass("bulk.committed")
    }

    /// Waits while bulks keep coming, so that one transaction takes many.
    private func gather() throws {
        while true {
            guard !run.isInterrupted else { throw TaskError.interrupted(run.task.id) }
            let gathering = try run.database.readBlocking { connection in
                try ledger.gathering(with: id, in: connection)
            }
            guard gathering?.goesOn(at: run.database.time.now()) == true else { return }
            Thread.sleep(forTimeInterval: Double(BulkGathering.pause.microseconds) / 1_000_000)
        }
    }

    private func applyTogetherOrAlone() throws {
        do {
            try attempt(alone: false)
        } catch let failure as JoinFailure {
            guard MemberBulkWork.isInternal(failure.reason) else { throw failure.reason }
            try run.failpoints.pass("bulk.parted")
            try run.database.writeBlocking(.guarded) { transaction in
                try run.guardLease(in: transaction)
                try ledger.separate(failure.joined, in: transaction)
            }
            try attempt(alone: true)
        }
    }

    /// A failure of a transaction with several bulks: which of them is to blame is not known.
    private struct JoinFailure: Error {
        var reason: any Error
        var joined: [MemberBulkID]
    }

    /// Thrown to roll a dry run back.
    private struct DryRun: Error {
        var outcome: BulkApplication.Outcome
    }

    /// What the bulk is to blame for, or our handling of it.
    private static func isInternal(_ error: any Error) -> Bool {
        switch error {
        case is any SimulatedStop, is CancellationError: false
        case TaskError.leaseLost, TaskError.interrupted: false
        case let error as DatabaseError: !error.isOutage
        default: true
        }
    }

    private func attempt(alone: Bool) throws {
        var left = MemberBulkWork.collisions
        while true {
            do {
                return try once(alone: alone)
            } catch let error as DatabaseError where error.isCollision && left > 0 {
                left -= 1
            } catch let error as JoinFailure {
                let reason = error.reason as? DatabaseError
                guard left > 0, reason?.isCollision == true else { throw error }
                left -= 1
            }
        }
    }

    private func once(alone: Bool) throws {
        do {
            try run.database.writeBlocking(.bulk) { transaction in
                try applySome(alone, in: transaction)
            }
        } catch let dry as DryRun {
            try run.database.writeBlocking(.guarded) { transaction in
                try run.guardLease(in: transaction)
                try finish(try ledger.bulk(id, in: transaction), dry.outcome, in: transaction)
            }
        }
    }

    /// The run's own bulk, and those that wait behind it as long as the transaction is short.
    private func applySome(_ isAlone: Bool, in transaction: Transaction) throws {
        try run.guardLease(in: transaction)
        let own = try ledger.bulk(id, in: transaction)
        guard try mayRun(own, in: transaction) else { return }
        let tables = BulkTables(job)
        var others =
            isAlone || own.isAlone
            ? [] : try ledger.waiting(behind: own, now: transaction.moment, in: transaction)[...]
        var joined: [MemberBulkID] = []
        do {
            var works = [own]
            var size = BulkLedger.fewestJoined
            repeat {
                let taken = others.prefix(size)
                others = others.dropFirst(size)
                joined += taken
                for other in taken { works.append(try ledger.bulk(other, in: transaction)) }
                try apply(works, tables, in: transaction)
                works = []
                if !taken.isEmpty { try run.failpoints.pass("bulk.joined") }
                size = min(size * 2, BulkLedger.mostAtOnce)
            } while !others.isEmpty && !transaction.othersAreWaiting
            try run.failpoints.pass("bulk.applied")
        } catch  where !joined.isEmpty {
            throw JoinFailure(reason: error, joined: joined)
        }
    }

    private func apply(
        _ works: [BulkLedger.Work],
        _ tables: BulkTables,
        in transaction: Transaction
    ) throws {
        for alike in works.alike {
            let application = BulkApplication(
                bulks: try alike.map {
                    ($0, try tables.reader(for: $0.bulk, run.task.workspace, in: transaction))
                }
            )
            let context = alike[0].context(run.context.at(transaction.moment))
            let outcomes = try application.apply(by: context, in: transaction)
            for (work, outcome) in zip(alike, outcomes) {
                if work.bulk.isDryRun { throw DryRun(outcome: outcome) }
                try finish(work, outcome, in: transaction)
            }
        }
    }

    /// Ends the task of a bulk that has run or may not run any more.
    private func mayRun(_ own: BulkLedger.Work, in transaction: Transaction) throws -> Bool {
        if own.stored == .finished {
            try run.end(try own.bulk.ending, in: transaction)
            return false
        }
        if let who = try run.stopRequester(in: transaction) {
            try ledger.fail(own.bulk.id, "Stopped by \(who).", in: transaction)
            try run.end(try TaskEnding(.completed, "Stopped by \(who)."), in: transaction)
            return false
        }
        let end = own.bulk.createdAt + MemberBulkStore.keeping
        guard own.payload == nil || transaction.moment >= end else { return true }
        try ledger.fail(own.bulk.id, BulkErasure.tooLate, in: transaction)
        try run.end(try TaskEnding(.fatal, BulkErasure.tooLate), in: transaction)
        return false
    }

    private func finish(
        _ work: BulkLedger.Work,
        _ outcome: BulkApplication.Outcome,
        in transaction: Transaction
    ) throws {
        try ledger.finish(work.bulk.id, outcome, in: transaction)
        var bulk = work.bulk
        bulk.breakdown = outcome.breakdown
        if bulk.task == run.task.id { return try run.end(try bulk.ending, in: transaction) }
        try run.end(companion: bulk.task, try bulk.ending, in: transaction)
    }

    /// Counts the failure, in one transaction with the task's.
    private func record(_ error: any Error) throws {
        let failure = ImportError.bulkFailed(String(describing: error))
        let chance = Double(job.randomness.next() >> 11) / Double(1 << 53)
        try run.database.writeBlocking(.guarded) { transaction in
            let goesOn = try run.fail(
                failure,
                policy: job.type.retry,
                chance: chance,
                in: transaction
            )
            try ledger.count(
                failure: failure.description,
                of: id,
                isLast: !goesOn,
                in: transaction
            )
        }
    }
}

extension MemberBulk {
    /// How its task ends once it has run.
    fileprivate var ending: TaskEnding {
        get throws {
            try TaskEnding(
                breakdown.validationErrors > 0 ? .error : .completed,
                breakdown.words,
                result: breakdown
            )
        }
    }
}
