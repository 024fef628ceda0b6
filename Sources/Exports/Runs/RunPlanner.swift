// SPDX-License-Identifier: Apache-2.0
import Common
import Database

/// Cuts windows: which changes belong into the next file. Pure.
struct RunPlanner {
    let export: ExportRecord
    let standing: ChangeClock.Standing

    /// The plan of the next run.
    ///
    /// - Parameters:
    ///   - tick: The tick that was just taken.
    ///   - beginning: Where the first window begins; nil when there is a cut-off.
    ///   - dueAt: What the run is due for; names the file.
    /// - Throws: ``ExportsError/clockWentBack(_:)``.
    func plan(to tick: Tick, beginning: Tick?, dueAt: Instant) throws -> RunPlan {
        let from = export.cutOff ?? beginning ?? .beginning
        let names = try export.definition.transfer.names(for: dueAt, in: export.definition.zone)
        return RunPlan(
            window: try window(from: from, to: tick),
            dueAt: dueAt,
            innerName: names.inner,
            previous: export.chainHead,
            epoch: standing.epoch,
            rewoundFrom: standing.epoch > export.epoch ? standing.rewoundFrom : nil
        )
    }

    /// The moment that the first window's beginning is the last tick before; nil for everything.
    static func beginning(_ firstRun: FirstRun, now: Instant) -> Instant? {
        switch firstRun {
        case .dayBefore: now - .hours(24)
        case .from(let moment): moment
        case .everything: nil
        }
    }

    private func window(from: Tick, to: Tick) throws -> Window {
        do {
            return try Window(from: from, to: to, for: export.definition.name)
        } catch DatabaseError.cutOffBeforePredecessor {
            throw ExportsError.clockWentBack(export.id)
        }
    }
}
