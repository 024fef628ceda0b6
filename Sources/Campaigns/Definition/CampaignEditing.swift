// SPDX-License-Identifier: Apache-2.0
public import Audience
public import Common
public import Database
public import Messaging

extension CampaignStore {
    /// Rewrites a draft; what has sent or may send stays as it is, so that reports stay true.
    ///
    /// - Throws: ``CampaignError/refused(attribute:reason:)`` for one that is no draft, otherwise as
    ///   ``create(_:by:in:)``.
    public func edit(
        _ id: CampaignID,
        _ new: NewCampaign,
        by context: Context,
        in transaction: Transaction
    ) throws {
        try check(new, in: transaction)
        let isChanged = try transaction.guarded(
            """
            UPDATE campaign SET display_name = $3, table_id = $4, channel = $5, kind = $6,
                initiation = $7, content = $8, list_id = $9, rules = $10, entity_id = $11
            WHERE workspace_id = $1 AND id = $2 AND state = $12
            """,
            [
                workspace, id, new.displayName, new.table, new.content.channel, new.kind,
                new.initiation, new.content.json, new.list, JSONColumn(new.rules), new.entity,
                CampaignState.draft,
            ]
        )
        guard isChanged else {
            _ = try campaign(id, in: transaction)
            throw CampaignError.refused(
                attribute: "state",
                reason: "only a draft can be changed; make a copy of it"
            )
        }
    }
}

/// A message as one person would get it.
public enum MessagePreview {
    /// A mail for a profile; without one, variables show their names.
    ///
    /// - Throws: `MessagingError`.
    public static func email(
        _ content: EmailContent,
        for profile: Profile?
    ) throws -> RenderedEmail {
        try EmailTemplate(content).render(values(of: profile), language: profile?.text(.language))
    }

    /// A text message for a profile; without one, variables show their names.
    ///
    /// - Throws: `MessagingError`.
    public static func text(_ content: SMSContent, for profile: Profile?) throws -> String {
        try SMSTemplate(content).render(values(of: profile), language: profile?.text(.language))
    }

    private static func values(of profile: Profile?) -> RecipientValues {
        guard let profile else { return RecipientValues { name in .text("[\(name)]") } }
        var attributes: [String: PersonalisationValue] = [:]
        for attribute in profile.table.attributes {
            let value = PersonalisationValue(profile.value(attribute), attribute)
            if let value { attributes[attribute.name] = value }
        }
        return RecipientValues(attributes: attributes)
    }
}
