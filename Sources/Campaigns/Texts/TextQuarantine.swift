// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
internal import Database

/// Keeps numbers from being sent further text messages.
struct TextQuarantine {
    enum Cause: String {
        /// The recipient or the operator stopped messages.
        case stop
        /// The operator does not know the number.
        case unknownNumber
    }

    let workspace: WorkspaceID

    init(_ workspace: WorkspaceID) { self.workspace = workspace }

    /// Adds the number of a contact, unless it was erased.
    func add(_ cause: Cause, of interaction: InteractionID, in transaction: Transaction) throws {
        let number: String? = try transaction.value(
            """
            SELECT address FROM interaction
            WHERE workspace_id = $1 AND id = $2 AND address IS NOT NULL
            """,
            [workspace, interaction]
        )
        guard let number else { return }
        try add(cause, number, of: interaction, in: transaction)
    }

    /// Adds a number.
    func add(
        _ cause: Cause,
        _ number: String,
        of interaction: InteractionID? = nil,
        in transaction: Transaction
    ) throws {
        let context = Context(
            workspace: workspace,
            actor: "SMS",
            source: .automation,
            moment: transaction.moment
        )
        try DoNotContactStore(workspace)
            .add(.sms, number, reason: cause.rawValue, by: context, in: transaction)
    }
}
