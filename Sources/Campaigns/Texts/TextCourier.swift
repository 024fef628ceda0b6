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
    let run: TaskRun

    /// The gateway of the active account; caps and pauses are its own.
    func providers(in connection: Connection) throws -> [(provider: Provider, name: String)] {
        guard let account = try SMSAccountStore(run.task.workspace).active(in: connection) else {
            return [(Provider(.gateway, 0), "the outbox")]
        }
        return [(Provider(.gateway, account.id.value), "the gateway \(account.name)")]
    }

    /// What texts cost is reserved group by group.
    var goesAhead: Bool { false }

    /// Texts are cheap to make, and what they cost is noted once they are claimed.
    func prepare(_ group: [Interaction]) async {}

    func handOver(
        _ group: [Interaction],
        to provider: Provider,
        mayStart: @escaping @Sendable () -> Bool
    ) async throws -> [HandedOver] {
        let texts = try await composer.compose(group)
        let admission = TextAdmission(
            workspace: run.task.workspace,
            ground: ground,
            sender: content.sender,
            isMultipart: content.multipart
        )
        let admitted: TextAdmission.Admitted
        do {
            admitted = try await run.database.write(.guarded) { transaction in
                try run.guardLease(in: transaction)
                return try admission.admit(group, texts, in: transaction)
            }
        } catch  where !(error is TaskError) && !(error is DatabaseError) {
            // Nothing left: a secret that cannot be opened puts nothing in doubt.
            let result = DeliveryResult.notHandedOver(reason: "\(error)")
            return group.map { interaction in
                HandedOver(
                    verdict: Verdict(result, attempts: interaction.attempts + 1, on: .sms),
                    sign: ProviderHealth.sign(of: result)
                )
            }
        }
        try run.failpoints.pass("text.reserved")
        try await run.database.blocking { [run] in try run.database.witness() }
        try run.failpoints.pass("send.witnessed")
        let results = await admitted.transport.deliver(
            admitted.messages.compactMap(\.message),
            mayStart: mayStart
        )
        try run.failpoints.pass("send.handedOver")
        return HandedOver.pair(group, admitted.messages, results, on: .sms)
    }
}
