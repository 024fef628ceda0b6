// SPDX-License-Identifier: Apache-2.0
import Accounts
import Campaigns
import Common
import Database
import Tasks

/// What can be done about the send of a task in Task History once it has ended.
enum SendActions {
    static let doubts = ResourceAction(
        name: "doubts",
        method: .get,
        target: .item,
        summary: "The contacts in doubt: in flight when the program stopped.",
        attributes: [
            .init("start", .integer, "The contact behind which the page begins.", example: 12)
                .postable
        ],
        permission: .seeAllMessages,
        run: .read { id, draft, call, connection in
            let store = SendStore(call.workspace)
            let found = try store.interactions(
                of: try send(id, call.workspace, connection),
                in: [.inDoubt],
                after: InteractionID(draft.integer("start") ?? 0),
                in: connection
            )
            return [
                "entries": .array(
                    found.map { entry in
                        [
                            "contact_id": .integer(entry.id.value),
                            "subscriber_id": .integer(entry.profile.value),
                            "address": entry.address.map(JSONValue.string) ?? .null,
                            "detail": entry.detail.map(JSONValue.string) ?? .null,
                        ]
                    }
                )
            ]
        }
    )

    static let resend = ResourceAction(
        name: "resend",
        method: .post,
        target: .item,
        summary: "Send again what is in doubt, accepting that some may get it twice.",
        run: .change { id, _, change in
            let send = try send(id, change.workspace, change.transaction)
            let count = try SendStore(change.workspace)
                .resendInDoubt(send, by: change.context, in: change.transaction)
            return ["id": .integer(id), "messages": .integer(Int64(count))]
        }
    )

    static let resume = ResourceAction(
        name: "resume",
        method: .post,
        target: .item,
        summary: "Send what a stop held back.",
        run: .change { id, _, change in
            let send = try send(id, change.workspace, change.transaction)
            let count = try SendStore(change.workspace)
                .resumeRest(send, by: change.context, in: change.transaction)
            return ["id": .integer(id), "messages": .integer(Int64(count))]
        }
    )

    static let correct = ResourceAction(
        name: "correct",
        method: .post,
        target: .item,
        summary: "Send another campaign to everyone whom this send reached.",
        attributes: [
            .init("campaign_id", .integer, "The active campaign to send.", example: 12)
                .requiredToPost
        ],
        status: 202,
        run: .change { id, draft, change in
            let campaign = try CampaignStore(change.workspace)
                .campaign(CampaignID(draft.integer("campaign_id") ?? 0), in: change.transaction)
            let started = try SendStore(change.workspace).correct(
                try send(id, change.workspace, change.transaction),
                with: campaign,
                by: change.context,
                in: change.transaction
            )
            return ["task_id": .integer(started.task.value)]
        }
    )

    static let priority = ResourceAction(
        name: "priority",
        method: .post,
        target: .item,
        summary: "Let this send go before those with a lower priority where a cap holds.",
        attributes: [
            .init("priority", .integer, "-9 to 9; 0 unless set.", example: 5).requiredToPost
        ],
        run: .change { id, draft, change in
            let send = try send(id, change.workspace, change.transaction)
            let priority = draft.integer("priority") ?? 0
            guard (-9...9).contains(priority) else {
                throw Problem.unacceptable("priority", "must be -9 to 9")
            }
            try SendStore(change.workspace)
                .prioritise(send, Int(priority), in: change.transaction)
            return ["id": .integer(id), "priority": .integer(priority)]
        }
    )

    /// The send that a task carries out.
    private static func send(
        _ task: Int64,
        _ workspace: WorkspaceID,
        _ connection: Connection
    ) throws -> SendID {
        let found = try SendStore(workspace).send(ofTask: TaskID(task), in: connection)
        guard let found else { throw Problem(422, "task \(task) is no send") }
        return found
    }
}
