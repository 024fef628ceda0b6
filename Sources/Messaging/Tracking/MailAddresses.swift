// SPDX-License-Identifier: Apache-2.0
public import Common

/// The addresses of one mail: pixel, links, unsubscribe page, return path.
public struct MailAddresses: Sendable {
    private let base: String
    private let key: TrackingKey
    private let workspace: WorkspaceID
    private let interaction: InteractionID
    private let links: [Int64]

    /// The addresses of a contact's mail.
    ///
    /// - Parameters:
    ///   - base: The public address of the installation, such as `https://news.example.org`.
    ///   - key: The key of the workspace.
    ///   - workspace: The workspace.
    ///   - interaction: The contact.
    ///   - links: The numbers under which the links are stored, in the order of the content's.
    public init(
        base: String,
        key: TrackingKey,
        workspace: WorkspaceID,
        interaction: InteractionID,
        links: [Int64] = []
    ) {
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        self.key = key
        self.workspace = workspace
        self.interaction = interaction
        self.links = links
    }

    /// Where the pixel lies.
    public var open: String { "\(base)/o/\(seal(.open))" }

    /// Where the recipient unsubscribes, by a page or by a POST (RFC 8058).
    public var unsubscribe: String { "\(base)/u/\(seal(.unsubscribe))" }

    /// Where a click leads.
    ///
    /// - Parameters:
    ///   - position: Which link of the content.
    ///   - url: The target, where it is this recipient's own.
    /// - Returns: The address; nil for a link that is not stored.
    public func click(_ position: Int, url: String? = nil) -> String? {
        guard links.indices.contains(position) else { return nil }
        let token = TrackingToken(
            .click,
            workspace: workspace,
            interaction: interaction,
            link: links[position]
        )
        let address = "\(base)/c/\(key.seal(token, url: url))"
        return url.map { "\(address)?to=\(LinkRule.queryValue($0))" } ?? address
    }

    private func seal(_ purpose: TrackingToken.Purpose) -> String {
        key.seal(TrackingToken(purpose, workspace: workspace, interaction: interaction))
    }
}
