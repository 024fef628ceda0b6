// SPDX-License-Identifier: Apache-2.0
import Campaigns
import Common
import Database

/// The messages that a send can be made of: the newest, and the one that was asked for.
///
/// Browsers take the first option when the one that is wanted is not there, so it always is.
struct MessageChoice: Sendable {
    private var asked: StoredMessage?
    private let newest: ListPage

    init(asked: Int64?, _ workspace: WorkspaceID, _ connection: Connection) throws {
        newest = try ListPage(MessageStore.listing, in: workspace, from: connection)
        guard let asked else { return }
        self.asked = try MessageStore(workspace)
            .messages([StoredMessageID(asked)], in: connection).first
    }

    var isEmpty: Bool { newest.rows.isEmpty }

    func field(first: Field.Option) -> Field {
        var options = [first]
        if let asked, !newest.rows.contains(where: { $0.id == asked.id.value }) {
            options.append(option(asked.id.value, asked.name, asked.channel.rawValue))
        }
        options += newest.rows.map { option($0.id, $0.text("name"), $0.text("channel")) }
        let field = Field.select("message", "Message", asked.map { "\($0.id)" }, options)
        guard newest.next != nil else { return field }
        return field.hinted("The newest; of an older one, open it and choose “Schedule it”.")
    }

    private func option(_ id: Int64, _ name: String, _ channel: String) -> Field.Option {
        Field.Option("\(id)", "\(name) (\(CampaignWords.channel(channel)))")
    }
}
