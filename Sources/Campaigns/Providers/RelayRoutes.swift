// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
public import Messaging
internal import Synchronization

/// The relays of each workspace that are active, the preferred one first; the standard one where a
/// workspace has none.
///
/// Connections are kept between sends, and shared by the sends of a workspace on this node; those of a
/// relay that is not used any more are forgotten, and end with the messages that are under way.
public final class RelayRoutes: Routing {
    /// Reads a sealed password, by the name under which it is sealed.
    public typealias Password = @Sendable (String, WorkspaceID, Connection) throws -> String?

    private let standard: Route<OutgoingMail>
    private let password: Password
    private let open = Mutex<[Key: Opened]>([:])

    private struct Key: Hashable {
        var workspace: WorkspaceID
        var relay: RelayID
    }

    private struct Opened {
        var options: SMTPOptions
        var transport: SMTPTransport
    }

    /// Makes a routing.
    ///
    /// - Parameters:
    ///   - standard: What takes the mails of workspaces without relays.
    ///   - name: What people call it.
    ///   - password: Reads the password of a relay.
    public init(
        standard: any MessageTransport<OutgoingMail>,
        name: String,
        password: @escaping Password
    ) {
        self.standard = Route(Provider(.relay, 0), name: name, standard)
        self.password = password
    }

    /// The ways of a workspace's mails.
    public func routes(
        of workspace: WorkspaceID,
        in connection: Connection
    ) throws -> [Route<OutgoingMail>] {
        let relays = try RelayStore(workspace).all(in: connection).filter(\.isActive)
        forget(allBut: Set(relays.map(\.id)), of: workspace)
        guard !relays.isEmpty else { return [standard] }
        return try relays.map { relay in
            let secret =
                relay.login == nil
                ? nil : try password(relay.secretName, workspace, connection)
            let transport = try transport(
                Key(workspace: workspace, relay: relay.id),
                relay.options(password: secret)
            )
            return Route(.relay(relay.id), name: "the relay \(relay.name)", transport)
        }
    }

    /// For how many relays connections are kept.
    var keptCount: Int { open.withLock(\.count) }

    private func forget(allBut relays: Set<RelayID>, of workspace: WorkspaceID) {
        open.withLock { open in
            let gone = open.keys.filter { $0.workspace == workspace && !relays.contains($0.relay) }
            for key in gone { open[key] = nil }
        }
    }

    /// Settings that changed need connections of their own; the old ones close when they are idle.
    private func transport(_ key: Key, _ options: SMTPOptions) throws -> SMTPTransport {
        try open.withLock { open in
            if let kept = open[key], kept.options == options { return kept.transport }
            let transport = try SMTPTransport(options)
            open[key] = Opened(options: options, transport: transport)
            return transport
        }
    }
}
