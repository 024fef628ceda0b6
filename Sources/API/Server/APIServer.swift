// SPDX-License-Identifier: Apache-2.0
import Common
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import Logging
import NIOCore
import NIOSSL

/// The HTTP server of the API.
public struct APIServer: Sendable {
    private let responder: APIResponder
    private let options: ServerOptions
    private let logger: Logger

    /// Makes a server.
    ///
    /// - Parameters:
    ///   - services: What the API works with.
    ///   - options: Where it listens, and what it puts up with.
    ///   - logger: Where faults go.
    ///   - site: Pages that it answers besides; none unless given.
    ///   - hasAPI: Whether it answers `/v1`; it does unless given.
    public init(
        _ services: APIServices,
        options: ServerOptions,
        logger: Logger,
        site: (any WebSite)? = nil,
        hasAPI: Bool = true
    ) {
        responder = APIResponder(services, options, logger, site: site, hasAPI: hasAPI)
        self.options = options
        self.logger = logger
    }

    /// Serves until the task group shuts down gracefully: requests under way are answered, no new
    /// one is taken.
    ///
    /// - Parameter onServing: Called with the port once requests are taken.
    /// - Throws: What the system says of the address, or what is wrong with the certificate.
    public func run(onServing: @escaping @Sendable (Int) -> Void = { _ in }) async throws {
        let application = Application(
            responder: responder,
            server: try builder(),
            configuration: ApplicationConfiguration(
                address: .hostname(options.host, port: options.port),
                availableConnectionsDelegate: MaximumAvailableConnections(options.connections)
            ),
            onServerRunning: { channel in onServing(channel.localAddress?.port ?? 0) },
            logger: logger
        )
        try await application.run()
    }

    private func builder() throws -> HTTPServerBuilder {
        let plain = HTTPServerBuilder.http1(
            configuration: HTTP1Channel.Configuration(
                additionalChannelHandlers: [RequestDeadline(options)],
                idleTimeout: .seconds(options.idleSeconds),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: options.largestHeaders,
                    maxHeaderListSize: options.largestHeaders,
                    maxHeaderFieldCount: 100
                )
            )
        )
        guard let certificate = options.certificateFile, let key = options.keyFile else {
            return plain
        }
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificate)
                .map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
        )
        tls.minimumTLSVersion = .tlsv12
        return try .tls(plain, tlsConfiguration: tls)
    }
}
