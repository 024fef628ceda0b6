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

    /// A contact whose message was sent shows how it failed.
    func mark(_ interaction: InteractionID, in transaction: Transaction) throws {
        try mark(interaction, interaction, nil, in: transaction)
    }

    /// A group that was just recorded as sent: the operator may have been faster.
    func mark(_ group: [Interaction], in transaction: Transaction) throws {
        guard let first = group.map(\.id).min(), let last = group.map(\.id).max() else { return }
        try mark(first, last, group.first?.send, in: transaction)
    }

    private func mark(
        _ first: InteractionID,
        _ last: InteractionID,
        _ send: SendID?,
        in transaction: Transaction
    ) throws {
        let scope = send == nil ? "" : "AND interaction.send_id = $5"
        let values: [any SQLConvertible] = [workspace, first, last, TextFailure.category]
        try transaction.execute(
            """
            UPDATE interaction SET category = $4, status = (SELECT a.status FROM activity a
                WHERE a.workspace_id = $1 AND a.interaction_id = interaction.id
                AND a.kind = 'deliveryFailed' AND a.ordinal = 0)
            WHERE interaction.workspace_id = $1 AND interaction.id BETWEEN $2 AND $3 \(scope)
                AND interaction.state = 'sent' AND interaction.status IS NULL
                AND EXISTS (SELECT 1 FROM activity e WHERE e.workspace_id = $1
                    AND e.interaction_id = interaction.id AND e.kind = 'deliveryFailed')
            """,
            values + (send.map { [$0 as any SQLConvertible] } ?? [])
        )
    }
}
