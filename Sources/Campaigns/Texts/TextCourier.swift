// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database
internal import Messaging
internal import Tasks

/// The texts of a composer: noted with their cost, then handed over by the workspace's gateway, or
/// to the outbox.
struct TextCourier: Courier {
    let composer: TextComposer
    let ground: TextGround
    let content: SMSContent

    func handOver(
        _ group: [Interaction],
        _ run: TaskRun,
        mayStart: @escaping @Sendable () -> Bool
    ) async throws -> [Verdict] {
        let texts = try await composer.compose(group)
        let admission = TextAdmission(
            workspace: run.task.workspace,
            ground: ground,
            sender: content.sender,
            isMultipart: content.multipart
        )
        let admitted = try await run.database.write(.guarded) { transaction in
            try run.guardLease(in: transaction)
            return try admission.admit(group, texts, in: transaction)
        }
        try run.failpoints.pass("text.reserved")
        try run.database.witness()
        try run.failpoints.pass("send.witnessed")
        let results = await admitted.transport.deliver(
            admitted.messages.compactMap(\.message),
            mayStart: mayStart
        )
        try run.failpoints.pass("send.handedOver")
        var next = results.makeIterator()
        return zip(group, admitted.messages).map { interaction, item in
            if let failure = item.failure { return .given(up: failure, detail: item.detail) }
            let result = next.next() ?? .notStarted
            return Verdict(result, attempts: interaction.attempts + 1, on: .sms)
        }
    }
}
