// SPDX-License-Identifier: Apache-2.0
public import API
import Accounts
import Common
import Database
public import Logging

/// The console: pages under `/console`, for people who have signed in.
public struct ConsoleSite: WebSite {
    let services: ConsoleServices
    let throttle = SignInThrottle()
    private let routes: [Route]
    private let log: Logger

    /// Makes the console.
    public init(_ services: ConsoleServices, logger: Logger) {
        self.services = services
        log = logger
        routes = ConsoleRoutes.all
    }

    /// Everything under `/console`, and the root, which leads there.
    public func owns(_ path: [String]) -> Bool { path.first.map { $0 == "console" } ?? true }

    /// Answers a request.
    public func answer(_ request: SiteRequest) async -> SiteAnswer {
        var answer = await unframed(request)
        let hasPolicy = answer.headers.contains { $0.name == "Content-Security-Policy" }
        answer.headers += SecurityHeaders.all(with: hasPolicy ? nil : SecurityHeaders.policy)
        if request.method == "HEAD" { answer.body = .bytes([]) }
        return answer
    }

    private func unframed(_ request: SiteRequest) async -> SiteAnswer {
        guard !request.path.isEmpty else { return Sending.redirect("/console/") }
        if let asset = Assets.answer(request) { return asset }
        let cookies = Cookies.read(request.headers["cookie"])
        let sending = Sending(services: services, cookies: cookies)
        do {
            guard request.method == "GET" || request.method == "HEAD" || request.method == "POST"
            else { throw PageError.bad("the console has no such method") }
            try OriginRule.check(request, at: services.address)
            if let reply = try await SignInPages(self).answer(request, sending) { return reply }
            guard let session = try await session(cookies[Cookies.session]) else {
                return toSignIn(request)
            }
            return try await show(request, session, sending)
        } catch {
            return failure(error, request, sending, nil)
        }
    }

    private func show(
        _ request: SiteRequest,
        _ session: BrowserSession,
        _ sending: Sending
    ) async throws -> SiteAnswer {
        var frame = sending
        frame.session = session
        do {
            let workspace = try await services.rooms.database.read { connection in
                try WorkspaceStore().workspace(session.workspace, in: connection)
            }
            frame.workspaceName = workspace.name
            let (visit, reply) = try await route(request, session, frame)
            return try frame.answer(reply, visit.view)
        } catch {
            return failure(error, request, frame, session)
        }
    }

    private func route(
        _ request: SiteRequest,
        _ session: BrowserSession,
        _ sending: Sending
    ) async throws -> (Visit, Reply) {
        let isReading = request.method != "POST"
        let path = request.path.dropFirst()
        for route in routes where route.isReading == isReading {
            guard let parameters = route.match(path) else { continue }
            guard session.user.role.allows(route.permission) else { throw PageError.forbidden }
            let visit = Visit(
                request: request,
                services: services,
                session: session,
                parameters: parameters,
                query: Form(encoded: request.query),
                zone: sending.zone,
                now: services.rooms.database.time.now()
            )
            let limit = visit.limit
            if limit.isSet {
                try await visit.read { try limit.check(route.parts, parameters, in: $0) }
            }
            return (visit, try await run(route, visit))
        }
        throw PageError.notFound("page")
    }

    private func run(_ route: Route, _ visit: Visit) async throws -> Reply {
        switch route.handler {
        case .show(let show): return try await show(visit)
        case .change(let change):
            let form = try await BodyReader.form(visit.request)
            guard visit.session.accepts(formToken: form.raw("form")) else { throw PageError.stale }
            return try await change(visit, form)
        case .upload(let take):
            guard let form = Multipart(visit.request) else {
                throw PageError.bad("the form has no file")
            }
            return try await take(visit, form)
        }
    }

    /// Who shows a cookie; once a minute it is noted that the session is in use.
    private func session(_ cookie: String?) async throws -> BrowserSession? {
        guard let cookie else { return nil }
        let database = services.rooms.database
        let now = database.time.now()
        let session = try await database.read { connection in
            try SessionStore.session(showing: cookie, at: now, in: connection)
        }
        if let session, now - session.seenAt > .minutes(1) {
            try await database.write { transaction in
                try SessionStore(session.workspace)
                    .touch(session.id, at: now, in: transaction)
            }
        }
        return session
    }

    private func toSignIn(_ request: SiteRequest) -> SiteAnswer {
        let path = "/" + request.path.map(Form.encode).joined(separator: "/")
        let query = request.query.isEmpty ? "" : "?\(request.query)"
        guard request.method != "POST", path != "/console" else {
            return Sending.redirect("/console/sign-in")
        }
        return Sending.redirect("/console/sign-in?next=\(Form.encode(path + query))")
    }

    private func failure(
        _ error: any Error,
        _ request: SiteRequest,
        _ sending: Sending,
        _ session: BrowserSession?
    ) -> SiteAnswer {
        let page = FailurePage(error)
        if page.isFault { log.error("console \(page.number) failed: \(error)") }
        let view = View(
            formToken: session?.formToken ?? "",
            zone: sending.zone,
            now: services.rooms.database.time.now()
        )
        return sending.answer(page, view)
    }
}
