// SPDX-License-Identifier: Apache-2.0
internal import Audience
public import Common
public import Database
public import Messaging

/// What operators report of the text messages of a workspace.
public struct TextReports: Sendable {
    private let workspace: WorkspaceID

    /// The reports of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Records what a report says of a contact's message; the first of each kind counts.
    ///
    /// - Returns: Whether it said something new.
    @discardableResult
    public func record(
        _ report: DeliveryReport,
        of interaction: InteractionID,
        in transaction: Transaction
    ) throws -> Bool {
        let activities = ActivityStore(workspace)
        switch report.outcome {
        case .underWay: return false
        case .delivered:
            let arrival = Activity(.delivered, of: interaction)
            return try !activities.record([arrival], in: transaction).isEmpty
        case .failed(let failure):
            let event = Activity(
                .deliveryFailed,
                of: interaction,
                category: TextFailure.category,
                status: failure.rawValue,
                detail: report.words
            )
            guard try !activities.record([event], in: transaction).isEmpty else { return false }
            try TextFailures(workspace).mark(interaction, in: transaction)
            if failure == .unknownPhoneNumber {
                try QuarantineStore(workspace)
                    .note(.unknownNumber, of: interaction, in: transaction)
            }
            return true
        }
    }
}

extension DeliveryReport {
    /// The operator's own words, short; never what the message says.
    fileprivate var words: String {
        let parts = [
            kind.map { "type \($0)" }, state.map { "state \($0)" }, error.map { "error \($0)" },
        ]
        return String(parts.compactMap(\.self).joined(separator: ", ").prefix(200))
    }
}

/// Brings failures that operators report into the contacts, beside what their hand-over came to.
struct TextFailures {
    let workspace: WorkspaceID

    init(_ workspace: WorkspaceID) { self.workspace = workspace }

    /// A group that was just recorded as sent: the operator may have been faster.
    func mark(_ group: [Interaction], in transaction: Transaction) throws {
        var failed: [InteractionID] = []
        let lookup = Lookup(
            table: "activity",
            key: "interaction_id",
            columns: ["ordinal"],
            keys: group.map(\.id.sql),
            fixed: [
                ("workspace_id", workspace.sql), ("kind", ActivityKind.deliveryFailed.sql),
                ("ordinal", .integer(0)),
            ],
            order: nil
        )
        try transaction.lookup(lookup) { position, _ in failed.append(group[position].id) }
        for id in failed { try mark(id, in: transaction) }
    }

    /// A contact whose message was sent shows how it failed.
    func mark(_ interaction: InteractionID, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE interaction SET category = $3, status = (SELECT a.status FROM activity a
                WHERE a.workspace_id = $1 AND a.interaction_id = interaction.id
                AND a.kind = 'deliveryFailed' AND a.ordinal = 0)
            WHERE interaction.workspace_id = $1 AND interaction.id = $2
                AND interaction.state = 'sent' AND interaction.status IS NULL
                AND EXISTS (SELECT 1 FROM activity e WHERE e.workspace_id = $1
                    AND e.interaction_id = interaction.id AND e.kind = 'deliveryFailed')
            """,
            [workspace, interaction, TextFailure.category]
        )
    }
}
