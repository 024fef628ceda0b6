// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// Turns requests from the world into those of the endpoints, and says nothing to anybody else.
///
/// What is wrong with a request is not told: a page that is not there looks like one that never was.
struct PublicResponder: HTTPResponder {
    typealias Context = APIContext

    private static let largestBody = 1 << 20
    private let endpoints: [String: any PublicEndpoint]
    private let database: Database
    private let log: Logger
    private let proxies: ProxyList
    private let requests: RateLimit<String>
    /// Requests of one address for what is not there: five a second, fifty at once.
    private let failures = RateLimit<String>(perSecond: 5)

    init(_ services: PublicServices, _ options: ServerOptions, _ log: Logger) {
        let all = PublicEndpoints.all(services)
        endpoints = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
        database = services.database
        requests = RateLimit(perSecond: options.requestsPerSecond)
        proxies = options.proxies
        self.log = log
    }

    func respond(to request: Request, context: APIContext) async throws -> Response {
        var response = await answer(request, context.caller(of: request, proxies)).response
        for (name, value) in PublicPage.headers {
            if let name = HTTPField.Name(name) { response.headers[name] = value }
        }
        if request.method == .head { response.body = .init() }
        return response
    }

    private func answer(_ request: Request, _ address: String) async -> Answer {
        let now = database.time.now()
        if isLimited(request), let wait = requests.secondsToWait(address, at: now) {
            return PublicPage.busy(wait)
        }
        do {
            if let answer = try await found(request) { return answer }
        } catch is Problem {
            // Whatever it was, there is no such page.
        } catch {
            // The address of the request holds a token: it stands in no log.
            log.error("a public request failed: \(error)")
            return PublicPage.failed
        }
        if let wait = failures.secondsToWait(address, at: now) { return PublicPage.busy(wait) }
        return PublicPage.missing
    }

    private func isLimited(_ request: Request) -> Bool {
        let name = request.uri.path.split(separator: "/").first.map(String.init) ?? ""
        return endpoints[name]?.isLimited ?? true
    }

    private func found(_ request: Request) async throws -> Answer? {
        let path = try request.uri.path.split(separator: "/").map { try FormText.path($0) }
        guard let name = path.first, let endpoint = endpoints[name],
            let method = Method(rawValue: request.method.rawValue)
        else { return nil }
        let fields = request.headers
        return try await endpoint.answer(
            PublicRequest(
                method: method,
                path: Array(path.dropFirst()),
                query: try FormText.items(request.uri.query ?? ""),
                rawQuery: request.uri.query ?? "",
                mediaType: fields[.contentType].map(RequestNames.mediaType),
                header: { name in HTTPField.Name(name).flatMap { fields[$0] } },
                body: try await body(of: request)
            )
        )
    }

    private func body(of request: Request) async throws -> [UInt8] {
        do {
            let buffer = try await request.body.collect(upTo: PublicResponder.largestBody)
            return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError { throw Problem(413, "the body is too large") }
    }
}

/// Everything that the world reaches: one file each.
enum PublicEndpoints {
    static func all(_ services: PublicServices) -> [any PublicEndpoint] {
        [
            OpeningEndpoint(services), ClickEndpoint(services), UnsubscribeEndpoint(services),
            TextCallbackEndpoint(services), ShortLinkEndpoint(services), EventEndpoint(services),
            AliveEndpoint(),
        ]
    }
}

/// `/healthz`, for whoever watches the listener.
struct AliveEndpoint: PublicEndpoint {
    let name = "healthz"

    func answer(_ request: PublicRequest) async throws -> Answer? {
        guard request.path.isEmpty, request.method.isReading else { return nil }
        return Answer(
            status: 200,
            mediaType: "text/plain; charset=utf-8",
            body: .bytes(Array("alive\n".utf8))
        )
    }
}
