// SPDX-License-Identifier: Apache-2.0
internal import Audience
public import Common
public import Database

/// What is to become different about a campaign; what is nil stays.
public struct CampaignChange: Sendable {
    /// The name that people see.
    public var name: String?
    /// The message, of the same channel; only of a draft.
    public var content: MessageContent?
    /// The linked list, only of a draft; `.some(nil)` for none.
    public var list: ListID??
    /// Whom it leaves out, from the next send on.
    public var rules: CampaignRules?

    /// Makes a change; nothing changes unless given.
    public init(
        name: String? = nil,
        content: MessageContent? = nil,
        list: ListID?? = nil,
        rules: CampaignRules? = nil
    ) {
        self.name = name
        self.content = content
        self.list = list
        self.rules = rules
    }
}

extension CampaignStore {
    /// Changes a campaign that has not finished; message and list only while it is a draft, so that
    /// what was sent stays what it was.
    ///
    /// - Returns: The campaign as it is then.
    /// - Throws: ``CampaignError/refused(attribute:reason:)``, ``CampaignError/noSuchCampaign(_:)``,
    ///   or what Messaging says of the content.
    @discardableResult
    public func change(
        _ id: CampaignID,
        _ change: CampaignChange,
        in transaction: Transaction
    ) throws -> Campaign {
        let present = try campaign(id, in: transaction)
        var next = present
        next.displayName = try change.name.map(FieldRule.name) ?? present.displayName
        next.content = change.content ?? present.content
        next.list = change.list ?? present.list
        next.rules = change.rules ?? present.rules
        guard next != present else { return present }
        try check(next, from: present)
        try check(next.content, next.rules, of: next.kind, over: next.table, in: transaction)
        try transaction.execute(
            """
            UPDATE campaign SET display_name = $3, content = $4, list_id = $5, rules = $6
            WHERE workspace_id = $1 AND id = $2
            """,
            [
                workspace, id, next.displayName, next.content.json, next.list,
                JSONColumn(next.rules),
            ]
        )
        return next
    }

    private func check(_ next: Campaign, from present: Campaign) throws {
        func refuse(_ attribute: String, _ reason: String) -> CampaignError {
            .refused(attribute: attribute, reason: reason)
        }
        guard present.state != .finished else {
            throw refuse("state", "a finished campaign stays as it is")
        }
        guard next.content.channel == present.channel else {
            throw refuse("content", "a campaign keeps its channel")
        }
        guard present.state != .draft else { return }
        guard next.content == present.content else {
            throw refuse("content", "only that of a draft can be changed")
        }
        guard next.list == present.list else {
            throw refuse("list_id", "only that of a draft can be changed")
        }
    }

    /// What is said of a campaign fits together, whether it is made or changed.
    func check(_ new: NewCampaign, in transaction: Transaction) throws {
        try check(new.content, new.rules, of: new.kind, over: new.table, in: transaction)
    }

    private func check(
        _ content: MessageContent,
        _ rules: CampaignRules,
        of kind: CampaignKind,
        over table: ProfileTableID,
        in transaction: Transaction
    ) throws {
        try rules.check(kind, content.channel)
        try check(rules.search, over: table, in: transaction)
        try content.check()
        guard let layout = content.file else { return }
        try layout.check(ProfileTableStore(workspace).table(table, in: transaction))
    }

    /// The search that limits a campaign exists and means something over its table.
    private func check(
        _ search: SearchID?,
        over table: ProfileTableID,
        in transaction: Transaction
    ) throws {
        guard let search else { return }
        do {
            let table = try ProfileTableStore(workspace).table(table, in: transaction)
            _ = try TargetMeasure.condition(search, table, transaction.moment, in: transaction)
        } catch let error as AudienceError {
            throw CampaignError.refused(attribute: "rules", reason: "search: \(error)")
        }
    }
}
