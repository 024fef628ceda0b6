// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import Database
import Imports

/// Lets import triggers listen to imports: neither room knows the other.
struct TriggerListener: ImportListener {
    let triggers: ImportTriggers

    func importStarted(_ run: ImportRun, by context: Context, in transaction: Transaction) throws {
        guard run.table != nil else { return }
        try triggers.started(TriggeringRun(run), by: context, in: transaction)
    }

    func importEnded(_ run: ImportRun, by context: Context, in transaction: Transaction) throws {
        guard run.table != nil else { return }
        try triggers.ended(TriggeringRun(run), by: context, in: transaction)
    }
}

extension TriggeringRun {
    init(_ run: ImportRun) {
        self.init(
            workspace: run.workspace,
            task: run.task,
            batch: run.batch,
            importID: run.importID,
            zone: run.zone,
            startedAt: run.startedAt,
            isStopped: run.isStopped
        )
    }
}
