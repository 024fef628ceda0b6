// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
public import Messaging

/// One way to hand messages over: who takes them, and by which transport.
public struct Route<Message: Sendable>: Sendable {
    /// Who takes them.
    public var provider: Provider
    /// The name that people see.
    public var name: String
    /// What hands them over.
    public var transport: any MessageTransport<Message>

    /// Makes a route.
    public init(
        _ provider: Provider,
        name: String,
        _ transport: any MessageTransport<Message>
    ) {
        self.provider = provider
        self.name = name
        self.transport = transport
    }
}

/// Knows by which ways the messages of a workspace can go, the preferred one first.
///
/// Caps and health are no matter of a routing: ``ProviderGate`` keeps them for any provider.
public protocol Routing<Message>: Sendable {
    /// What one message of the channel is.
    associatedtype Message: Sendable

    /// The ways that are there now, at least one; read in the transaction of a claim, so quick.
    func routes(
        of workspace: WorkspaceID,
        in connection: Connection
    ) throws -> [Route<Message>]
}

/// One way for all workspaces: what the configuration names, or the built-in outbox.
public struct FixedRoute<Message: Sendable>: Routing {
    private let route: Route<Message>

    /// Makes a routing of one transport.
    public init(
        _ kind: Provider.Kind,
        name: String,
        _ transport: any MessageTransport<Message>
    ) {
        route = Route(Provider(kind, 0), name: name, transport)
    }

    /// That one way.
    public func routes(
        of workspace: WorkspaceID,
        in connection: Connection
    ) throws -> [Route<Message>] { [route] }
}
