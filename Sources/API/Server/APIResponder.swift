// SPDX-License-Identifier: Apache-2.0
import Common
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// What the server knows of a connection.
struct APIContext: RequestContext, RemoteAddressRequestContext {
    var coreContext: CoreRequestContextStorage
    let remoteAddress: SocketAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress
    }

    /// The network address of who calls: the peer's, or the one that a named proxy tells.
    func caller(of request: Request, _ proxies: ProxyList) -> String {
        let forwarded = HTTPField.Name("X-Forwarded-For").flatMap { request.headers[$0] }
        return proxies.caller(peer: remoteAddress?.ipAddress ?? "", forwarded: forwarded)
    }
}

/// Turns the server's requests into those of the resources, and their answers back.
struct APIResponder: HTTPResponder {
    private let services: APIServices
    private let options: ServerOptions
    private let directory: Directory
    private let gate: Gate
    private let log: Logger
    private let metrics: Metrics
    private let site: SiteResponder?
    private let hasAPI: Bool
    private let pages = PageCache()

    init(
        _ services: APIServices,
        _ options: ServerOptions,
        _ log: Logger,
        site: (any WebSite)? = nil,
        hasAPI: Bool = true
    ) {
        self.site = site.map { SiteResponder(site: $0, options: options) }
        self.hasAPI = hasAPI
        self.services = services
        self.options = options
        self.log = log
        directory = Directory(Resources.all(options))
        gate = Gate(services.database, requestsPerSecond: options.requestsPerSecond)
        metrics = Metrics()
    }

    func respond(to request: Request, context: APIContext) async throws -> Response {
        let start = ContinuousClock.now
        let requestID = RequestNames.id(request.headers[RequestNames.header])
        var resource = "none"
        var response: Response
        do {
            if let page = try await page(request, context) {
                (resource, response) = ("console", page)
            } else {
                response = try await answer(request, context, &resource).response
            }
        } catch {
            response = refusal(error, requestID).response
        }
        response.headers[RequestNames.header] = requestID
        response.headers[.xContentTypeOptions] = "nosniff"
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        metrics.count(
            resource,
            request.method.rawValue,
            response.status.code,
            ContinuousClock.now - start
        )
        if request.method == .head { response.body = .init() }
        return response
    }

    /// What the site answers, when the path is its.
    private func page(_ request: Request, _ context: APIContext) async throws -> Response? {
        guard let site else { return nil }
        let path = try request.uri.path.split(separator: "/").map { try FormText.path($0) }
        let address = context.caller(of: request, options.proxies)
        return await site.respond(to: request, path: path, address: address)
    }

    private func answer(
        _ request: Request,
        _ context: APIContext,
        _ resource: inout String
    ) async throws -> Answer {
        let path = try request.uri.path.split(separator: "/").map { try FormText.path($0) }
        if let open = try await PublicPaths(services, directory).answer(path, request.method) {
            resource = "public"
            return open
        }
        let method = Method(rawValue: request.method.rawValue)
        let caller: @Sendable () async throws -> Call = { try await self.call(request, context) }
        if let own = try await MetricsPage(metrics: metrics).answer(path, method, caller) {
            resource = "metrics"
            return own
        }
        guard hasAPI, path.first?.lowercased() == "v1" else {
            throw Problem.notFound("page like this")
        }
        let call = try await caller()
        let rest = Array(path.dropFirst())
        let endpoint = try directory.endpoint(rest)
        resource = endpoint.name
        guard let method else {
            throw Problem.methodNotAllowed(endpoint.methods(at: rest))
        }
        var asked = APIRequest(
            method: method,
            path: rest,
            query: try FormText.items(request.uri.query ?? ""),
            mediaType: request.headers[.contentType].map(RequestNames.mediaType),
            repeatKey: request.headers[RequestNames.repeatKey],
            body: []
        )
        if let receiver = endpoint as? any UploadReceiving, receiver.receives(asked) {
            return try await receiver.answer(asked, upload(request), call)
        }
        asked.body = try await body(of: request)
        return try await endpoint.answer(asked, call)
    }

    private func call(_ request: Request, _ context: APIContext) async throws -> Call {
        let address = context.caller(of: request, options.proxies)
        let caller = try await gate.caller(request.headers[.authorization], from: address)
        return Call(caller: caller, services: services, pages: pages)
    }

    private func body(of request: Request) async throws -> [UInt8] {
        if let length = request.headers[.contentLength].flatMap(Int.init),
            length > options.largestBody
        {
            throw tooLarge
        }
        do {
            let buffer = try await request.body.collect(upTo: options.largestBody)
            return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        }
    }

    private var tooLarge: Problem {
        Problem(413, "the body has more than \(options.largestBody) bytes")
    }

    private func upload(_ request: Request) -> Upload {
        Upload { [options] receive in
            var count: Int64 = 0
            for try await buffer in request.body {
                count += Int64(buffer.readableBytes)
                guard count <= options.largestUpload else {
                    throw Problem(413, "the file has more than \(options.largestUpload) bytes")
                }
                try await receive(Array(buffer.readableBytesView))
            }
        }
    }

    /// A refusal in words; a fault of ours is written to the log, never to the caller.
    private func refusal(_ error: any Error, _ requestID: String) -> Answer {
        if let problem = ErrorTable.problem(error) { return problem.answer }
        log.error("request \(requestID) failed: \(error)")
        return Problem(500, "something went wrong here; the log has request \(requestID)").answer
    }
}
