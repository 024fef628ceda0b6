// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Messaging

/// Where the outside world reaches a workspace's text messages.
struct TextPlace {
    private let workspace: WorkspaceID
    private let base: String
    private let key: CallbackKey

    /// Nil when it does not.
    init?(_ ground: TextGround, _ workspace: WorkspaceID) throws {
        guard let base = ground.publicAddress else { return nil }
        self.workspace = workspace
        self.base = base
        key = try ground.key(workspace)
    }

    /// A text with short links, and where they lead.
    func shorten(_ text: String, _ interaction: Interaction) -> (text: String, targets: [String]) {
        let links = LinkedText(text)
        let short = links.targets.indices.map { ordinal in
            let link = ShortLink(
                workspace: workspace,
                interaction: interaction.id,
                ordinal: ordinal
            )
            return "\(base)/s/\(link.text(key))"
        }
        return (links.replacing(short), links.targets)
    }

    /// Where a gateway reports on a message.
    func reportURL(_ interaction: Interaction) -> String {
        "\(base)/\(TextAddress.report(workspace, interaction.id).path(key))"
    }
}
