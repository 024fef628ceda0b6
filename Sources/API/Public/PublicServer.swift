// SPDX-License-Identifier: Apache-2.0
public import Campaigns
public import Common
public import Database
public import Logging
public import Messaging

/// What the public pages work with; given by the composition root.
public struct PublicServices: Sendable {
    /// The database.
    public let database: Database
    /// The key that signs the addresses in a workspace's mails; nil when it has none.
    public let trackingKey: @Sendable (WorkspaceID, Connection) throws -> TrackingKey?
    /// What text messages need.
    public let texts: TextGround

    /// Brings them together.
    public init(
        database: Database,
        texts: TextGround,
        trackingKey: @escaping @Sendable (WorkspaceID, Connection) throws -> TrackingKey?
    ) {
        self.database = database
        self.texts = texts
        self.trackingKey = trackingKey
    }
}

/// The server of what the world reaches: pixel, links, unsubscribe page.
///
/// It has none of `/v1`.
public struct PublicServer: Sendable {
    private let responder: PublicResponder
    private let options: ServerOptions
    private let logger: Logger

    /// Makes a server.
    ///
    /// - Parameters:
    ///   - services: What it works with.
    ///   - options: Where it listens; `requestsPerSecond` is counted by the address of the peer.
    ///   - logger: Where faults are told; never the addresses that were asked for.
    public init(_ services: PublicServices, options: ServerOptions, logger: Logger) {
        responder = PublicResponder(services, options, logger)
        self.options = options
        self.logger = logger
    }

    /// Serves until the task group shuts down gracefully.
    ///
    /// - Parameter onServing: Called with the port once requests are taken.
    /// - Throws: What the system says of the address, or what is wrong with the certificate.
    public func run(onServing: @escaping @Sendable (Int) -> Void = { _ in }) async throws {
        try await HTTPListener(responder: responder, options: options, logger: logger)
            .run(onServing: onServing)
    }
}
