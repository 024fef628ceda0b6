// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database
internal import Logging

/// One run of a task, from its claim to what is written of its end.
extension Worker {
    func execute(_ run: TaskRun) async {
        log.info("task \(run.task.id) (\(run.task.type)) starts")
        let heart = Task { await keepAlive(run) }
        defer { heart.cancel() }
        do {
            guard let job = jobs[run.task.type] else {
                throw TaskError.unknownType(run.task.type)
            }
            try await settle(run, try await job.run(run))
        } catch TaskError.leaseLost(let id) {
            log.warning("task \(id) was taken over; this node drops it")
        } catch let error as any SimulatedStop {
            log.warning("stopped by a test: \(error)")
        } catch {
            await end(run, after: error)
        }
    }

    /// Gives running tasks time to end or to reach a safe place, and puts back what then still runs.
    func drain() async {
        for run in running.all { run.interrupt() }
        await waitForEnds()
        let late = running.all
        guard !late.isEmpty else { return }
        log.warning("\(late.count) tasks did not reach a safe place in time; they are put back")
        running.cancel()
        let done = Bell()
        let heard = done.listen()
        Task {
            for run in late { await giveBack(run) }
            done.ring()
        }
        await Worker.wait(for: [heard], atMost: giveBackLimit)
    }

    private func waitForEnds() async {
        await withTaskGroup { group in
            group.addTask { [running] in
                let ends = running.freed.listen()
                guard running.count > 0 else { return }
                for await _ in ends where running.count == 0 { return }
            }
            group.addTask { [drainLimit] in try? await Task.sleep(for: drainLimit) }
            await group.next()
            group.cancelAll()
        }
    }

    private func settle(_ run: TaskRun, _ outcome: TaskOutcome) async throws {
        switch outcome {
        case .endedInTransaction: return
        case .ended(let ending):
            try await database.write(.guarded) { try run.end(ending, in: $0) }
        case .waiting(let until, let reason):
            try await database.write(.guarded) {
                try Attempts(run).wait(until: until, reason, in: $0)
            }
        case .held(let reason):
            try await database.write(.guarded) { try Attempts(run).hold(reason, in: $0) }
        }
    }

    /// Records why a run did not come to an outcome.
    ///
    /// What the task is not to blame for is no failed attempt: the end of its node, and a database
    /// that was away.
    private func end(_ run: TaskRun, after error: any Error) async {
        if Worker.isInterruption(error) { return await giveBack(run) }
        if let error = error as? DatabaseError, error.isOutage {
            return await postpone(run, error)
        }
        log.error("task \(run.task.id) failed: \(error)")
        let job = jobs[run.task.type]
        let policy = job?.type.retry ?? .never
        let chance = self.chance
        await record(run) { transaction in
            let words = try Attempts(run)
                .fail(error, policy: policy, chance: chance, in: transaction)
            if let words { try job?.failed(run, words, in: transaction) }
        }
    }

    private static func isInterruption(_ error: any Error) -> Bool {
        if case .interrupted? = error as? TaskError { return true }
        // Whatever a cancelled run fails on may come from the cancellation.
        return error is CancellationError || Task.isCancelled
    }

    private func giveBack(_ run: TaskRun) async {
        log.info("task \(run.task.id) is put back at its checkpoint")
        await record(run) { try Attempts(run).giveBack(in: $0) }
    }

    private func postpone(_ run: TaskRun, _ error: DatabaseError) async {
        log.warning("task \(run.task.id) goes on soon: \(error)")
        let pause = Span(microseconds: Int64(1_000_000 * (1 + chance)))
        await record(run) { transaction in
            try Attempts(run).wait(
                until: transaction.moment + pause,
                error.description,
                in: transaction
            )
        }
    }

    private func record(
        _ run: TaskRun,
        _ write: @escaping @Sendable (Transaction) throws -> Void
    ) async {
        do {
            try await database.write(.guarded, write)
        } catch TaskError.leaseLost {
            log.info("task \(run.task.id) is in other hands already")
        } catch {
            log.error("the end of a run of task \(run.task.id) could not be recorded: \(error)")
        }
    }

    /// From 0 up to, not including, 1.
    private var chance: Double { Double(randomness.next() >> 11) / Double(1 << 53) }

    private func keepAlive(_ run: TaskRun) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(15))
            guard !Task.isCancelled else { return }
            try? await database.write(.guarded) { try run.guardLease(in: $0) }
        }
    }
}

/// An error by which a test stops a run as a crash would: nothing is recorded.
public protocol SimulatedStop: Error {}
