// SPDX-License-Identifier: Apache-2.0
public import Logging

/// The HTTP server of the API.
public struct APIServer: Sendable {
    private let responder: APIResponder
    private let options: ServerOptions
    private let logger: Logger

    /// Makes a server.
    public init(_ services: APIServices, options: ServerOptions, logger: Logger) {
        responder = APIResponder(services, options, logger)
        self.options = options
        self.logger = logger
    }

    /// Serves until the task group shuts down gracefully: requests under way are answered, no new
    /// one is taken.
    ///
    /// - Parameter onServing: Called with the port once requests are taken.
    /// - Throws: What the system says of the address, or what is wrong with the certificate.
    public func run(onServing: @escaping @Sendable (Int) -> Void = { _ in }) async throws {
        try await HTTPListener(responder: responder, options: options, logger: logger)
            .run(onServing: onServing)
    }
}
