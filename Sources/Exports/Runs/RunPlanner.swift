// SPDX-License-Identifier: Apache-2.0
import Common
import Database

/// Cuts windows, as a pure rule: which changes belong into the next file.
///
/// The window of a full export begins with the clock, and its files make no chain.
struct RunPlanner {
    let export: ExportRecord
    let standing: ChangeClock.Standing

    /// The plan of the next run, up to the tick that was just taken.
    ///
    /// The beginning is that of the first window; a cut-off comes before it.
    func plan(to tick: Tick, beginning: Tick?, dueAt: Instant) throws -> RunPlan {
        let isFull = export.definition.pair.isFull
        let from = isFull ? .beginning : export.cutOff ?? beginning ?? .beginning
        let isRewound = !isFull && standing.epoch > export.epoch
        let names = try export.definition.transfer.names(for: dueAt, in: export.definition.zone)
        return RunPlan(
            window: try window(from: from, to: tick),
            dueAt: dueAt,
            innerName: names.inner,
            previous: isFull ? nil : export.chainHead,
            epoch: standing.epoch,
            rewoundFrom: isRewound ? standing.rewoundFrom : nil,
            scanned: isFull ? nil : export.scanned,
            kind: isFull ? .full : nil,
            search: export.definition.search
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
