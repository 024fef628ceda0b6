// SPDX-License-Identifier: Apache-2.0
internal import Audience
public import Common
public import Database

/// Where a recipient stands with the sender of a mail.
public struct MailStanding: Sendable, Hashable {
    /// The list that the mail went to; nil when it went to no list: then it is all mail.
    public var list: String?
    /// Whether the recipient gets more of them.
    public var isSubscribed: Bool
    /// Whether the recipient is known any more; who was erased gets none, whatever is asked.
    public var isKnown: Bool
}

/// Recipients who leave by the link in a mail or by their mail program's button, and those who come
/// back.
///
/// They leave the campaign's list; without one, all e-mail.
public struct MailLeaving: Sendable {
    private let workspace: WorkspaceID

    /// The recipients of a workspace.
    public init(_ workspace: WorkspaceID) {
        self.workspace = workspace
    }

    /// Where the recipient of a contact stands; nil for a contact that does not exist.
    public func standing(
        of id: InteractionID,
        in connection: Connection
    ) throws -> MailStanding? {
        guard let place = try place(of: id, in: connection) else { return nil }
        let profile = try ProfileStore(place.table).profile(place.contact.profile, in: connection)
        guard let profile else {
            return MailStanding(list: place.list?.name, isSubscribed: false, isKnown: false)
        }
        return MailStanding(
            list: place.list?.name,
            isSubscribed: try isSubscribed(profile, place, in: connection),
            isKnown: true
        )
    }

    /// The recipient wants no more of it.
    ///
    /// - Parameters:
    ///   - id: The contact whose mail it was.
    ///   - source: `email_link` or `list_unsubscribe`.
    ///   - transaction: A transaction.
    /// - Throws: `DatabaseError`.
    public func leave(
        _ id: InteractionID,
        by source: ChangeSource,
        in transaction: Transaction
    ) throws {
        guard let place = try place(of: id, in: transaction) else { return }
        try ActivityStore(workspace).record(
            [Activity(.unsubscribe, of: id, status: source.rawValue)],
            in: transaction
        )
        try set(false, place, by: source, in: transaction)
    }

    /// The recipient wants it after all.
    public func comeBack(_ id: InteractionID, in transaction: Transaction) throws {
        guard let place = try place(of: id, in: transaction) else { return }
        try set(true, place, by: .emailLink, in: transaction)
    }

    private struct Place {
        var contact: MailContact
        var campaign: Campaign
        var table: ProfileTable
        var list: MailingList?
    }

    private func place(of id: InteractionID, in connection: Connection) throws -> Place? {
        guard let contact = try MailContact(id, of: workspace, in: connection),
            let table = try contact.profileTable(in: connection)
        else { return nil }
        let campaign = try CampaignStore(workspace).campaign(contact.campaign, in: connection)
        // A list that is gone has nobody to leave it: what is left is all mail.
        let list = try campaign.list.flatMap { id in
            try ListStore(workspace).list(id, in: connection)
        }
        return Place(contact: contact, campaign: campaign, table: table, list: list)
    }

    private func isSubscribed(
        _ profile: Profile,
        _ place: Place,
        in connection: Connection
    ) throws -> Bool {
        guard let list = place.list else {
            guard let permission = place.table.attribute(.emailEnabled) else { return true }
            return profile.values[permission.id].map(\.isTrue) ?? false
        }
        return try SubscriptionStore(workspace).all(of: place.contact.profile, in: connection)
            .contains { $0.list == list.id && $0.isSubscribed }
    }

    private func set(
        _ isSubscribed: Bool,
        _ place: Place,
        by source: ChangeSource,
        in transaction: Transaction
    ) throws {
        let profile = place.contact.profile
        // Who was erased is on no list; the link in the old mail still shows its page.
        guard try ProfileStore(place.table).profile(profile, in: transaction) != nil else { return }
        let context = Context(
            workspace: workspace,
            actor: "the recipient",
            source: source,
            moment: transaction.moment
        )
        let collection = Collection(
            source: source.rawValue,
            way: "campaign \(place.campaign.technicalName)",
            moment: transaction.moment
        )
        if let list = place.list {
            try SubscriptionStore(workspace).set(
                isSubscribed,
                of: profile,
                on: list,
                collection,
                table: place.table,
                by: context,
                in: transaction
            )
        } else if let permission = place.table.attribute(.emailEnabled) {
            try ProfileStore(place.table).update(
                profile,
                values: [permission.name: isSubscribed ? "true" : "false"],
                collection: collection,
                by: context,
                in: transaction
            )
        }
    }
}
