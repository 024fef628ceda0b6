// SPDX-License-Identifier: Apache-2.0
import Common
import Database

// What rows would do to subscriptions.
extension MergeDecisions {
    func decideLists(
        _ rows: [MergeRow],
        _ results: inout [MergeResult],
        _ connection: Connection
    ) throws {
        for (position, list) in plan.lists.enumerated() {
            var standing = [Bool?](repeating: nil, count: rows.count)
            let keys = rows.indices.map { index in
                rows[index].standings[position] == nil ? .null : results[index].profile.sql
            }
            let lookup = Lookup(
                table: "subscription",
                key: "profile_id",
                columns: ["is_subscribed"],
                keys: keys,
                fixed: [("workspace_id", plan.table.workspace.sql), ("list_id", list.id.sql)],
                order: "profile_id"
            )
            try connection.lookup(lookup) { standing[$0] = $1.integer(0) != 0 }
            for index in rows.indices {
                decide(rows[index].standings[position], standing[index], position, &results[index])
            }
        }
    }

    private func decide(
        _ wanted: Bool?,
        _ present: Bool?,
        _ position: Int,
        _ result: inout MergeResult
    ) {
        guard let wanted, result.profile != nil, wanted != present else { return }
        if wanted, present == false, !plan.mayResubscribe {
            result.warnings.append((plan.columns.count + position, .optInLeftOut))
            return
        }
        guard wanted || present == true else { return }
        result.changedLists.append(position)
    }
}
