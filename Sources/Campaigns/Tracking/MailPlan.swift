// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database
internal import Messaging

/// What the mails of a send have besides what their author wrote; settled once before the first.
struct MailPlan: Sendable {
    private let tracking: Tracking?
    private let content: EmailContent
    private let offersUnsubscribing: Bool
    private let returns: Returns?
    private let signers: [DKIMSigner]

    /// What is needed to track.
    private struct Tracking: Sendable {
        var base: String
        var key: TrackingKey
        var content: TrackedContent
        var links: [Int64]
    }

    /// What is needed for return paths.
    private struct Returns: Sendable {
        var address: EmailAddress
        var key: TrackingKey
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
        let domain = EmailAddress(content.senderAddress)?.domain ?? ""
        signers = try ground.signers(for: domain, in: workspace, transaction)
        returns = try ground.bounceAddress.map {
            Returns(address: $0, key: try ground.key(workspace, transaction))
        }
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
    func unsubscribeURL(_ page: String?) -> String {
        let reader = content.replyTo ?? content.senderAddress
        return page ?? "mailto:\(reader)?subject=unsubscribe"
    }

    /// What stands in List-Unsubscribe; nil for mails that need none.
    func unsubscribe(_ page: String?) -> EmailMessage.Unsubscribe? {
        guard offersUnsubscribing, let page else { return nil }
        return EmailMessage.Unsubscribe(url: page)
    }

    /// The return path of a contact's mail; the sender's address where none is set up.
    func returnPath(
        _ interaction: InteractionID,
        in workspace: WorkspaceID,
        sender: EmailAddress
    ) -> EmailAddress {
        guard let returns else { return sender }
        let token = TrackingToken(.bounce, workspace: workspace, interaction: interaction)
        return returns.address.tagged(returns.key.seal(token)) ?? sender
    }

    /// Signs a built mail for the sender's domain.
    func sign(_ mail: OutgoingMail) throws -> OutgoingMail {
        guard !signers.isEmpty else { return mail }
        var signed = mail
        signed.content = try DKIMSigner.sign(mail.content, by: signers, at: mail.date)
        return signed
    }

    /// Fills a rendered mail's marks.
    func fill(_ mail: inout RenderedEmail, _ addresses: MailAddresses?) {
        guard let tracking, let addresses else { return }
        tracking.content.fill(&mail, with: addresses)
    }
}
