// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database
internal import Messaging

/// What the mails of a send have besides what their author wrote; settled once before the first.
struct MailPlan: Sendable {
    private let tracking: Tracking?
    private let content: EmailContent
    private let offersUnsubscribing: Bool

    /// What is needed to track.
    private struct Tracking: Sendable {
        var base: String
        var key: TrackingKey
        var content: TrackedContent
        var links: [Int64]
    }

    /// Collects the links of a campaign's mail and keeps them.
    ///
    /// - Throws: What the ground says of the key, or `DatabaseError`.
    init(
        _ content: EmailContent,
        of campaign: Campaign,
        send: SendID,
        _ ground: MailGround,
        workspace: WorkspaceID,
        in transaction: Transaction
    ) throws {
        self.content = content
        offersUnsubscribing = campaign.kind != .transactional
        guard let base = ground.publicURL else {
            tracking = nil
            return
        }
        let key = try ground.key(workspace, transaction)
        let tracked = TrackedContent(content, key: key)
        let store = LinkStore(workspace)
        let links = try store.numbers(of: tracked.links, campaign: campaign.id, in: transaction)
        try store.markTracked(send, in: transaction)
        tracking = Tracking(base: base, key: key, content: tracked, links: links)
    }

    /// What is compiled.
    var template: EmailContent { tracking?.content.content ?? content }

    /// The addresses of a contact's mail; nil when it is not tracked.
    func addresses(_ interaction: InteractionID, in workspace: WorkspaceID) -> MailAddresses? {
        tracking.map { tracking in
            MailAddresses(
                base: tracking.base,
                key: tracking.key,
                workspace: workspace,
                interaction: interaction,
                links: tracking.links
            )
        }
    }

    /// Where a recipient leaves; without a public address, by a mail to whoever reads the answers.
    func unsubscribeURL(_ addresses: MailAddresses?) -> String {
        let reader = content.replyTo ?? content.senderAddress
        return addresses?.unsubscribe ?? "mailto:\(reader)?subject=unsubscribe"
    }

    /// What stands in List-Unsubscribe; nil for mails that need none.
    func unsubscribe(_ addresses: MailAddresses?) -> EmailMessage.Unsubscribe? {
        guard offersUnsubscribing, let addresses else { return nil }
        return EmailMessage.Unsubscribe(url: addresses.unsubscribe)
    }

    /// Fills a rendered mail's marks.
    func fill(_ mail: inout RenderedEmail, _ addresses: MailAddresses?) {
        guard let tracking, let addresses else { return }
        tracking.content.fill(&mail, with: addresses)
    }
}
