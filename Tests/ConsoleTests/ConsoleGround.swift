// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database
import Logging
import Millrace
import TestSupport
import Testing

@testable import Console

/// A console with its installation, in a folder of its own; asked without a socket.
struct ConsoleGround {
    static let password = "correct horse battery"

    let site: ConsoleSite
    let installation: Installation
    let workspace: Workspace
    let folder: TemporaryFolder
    let place: DatabasePlace

    init(_ engine: TestEngine, time: any TimeSource = SystemTime()) async throws {
        place = try engine.place(migrations: MillraceSchema.migrations)
        folder = try TemporaryFolder()
        let configuration = Configuration(
            database: place.address,
            dataFolder: folder.path + "/data"
        )
        installation = try Installation(configuration, time: time)
        workspace = try await installation.workspace(named: nil, by: "test")
        site = ConsoleSite(
            installation.consoleServices,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Makes a user with a password; returns the cookie of a session.
    func cookie(_ role: Accounts.Role, entities: Set<EntityID> = []) async throws -> String {
        let password = try NewPassword(Secret(ConsoleGround.password))
        return try await write { transaction, context in
            let user = try UserStore(workspace.id).create(
                name: "U",
                email: "\(role.rawValue)\(entities.isEmpty ? "" : "-limited")@example.org",
                role: role,
                entities: entities,
                by: context,
                in: transaction
            )
            try PasswordStore(workspace.id)
                .set(password, of: user.id, by: context, in: transaction)
            return try SessionStore(workspace.id)
                .start(for: user.id, by: context, in: transaction).reveal()
        }
    }

    /// Writes as a test does.
    @discardableResult
    func write<T: Sendable>(
        _ body: @escaping @Sendable (Transaction, Context) throws -> T
    ) async throws -> T {
        try await installation.database.write { [workspace] transaction in
            let context = Context(
                workspace: workspace.id,
                actor: "test",
                source: .manualEdit,
                moment: transaction.moment
            )
            return try body(transaction, context)
        }
    }

    func read<T: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> T
    ) async throws -> T {
        try await installation.database.read(body)
    }

    func ask(
        _ path: String,
        method: String = "GET",
        cookie: String? = nil,
        form: String? = nil
    ) async -> SiteAnswer {
        let parts = path.split(separator: "?", maxSplits: 1)
        var headers: [String: String] = [:]
        if let cookie { headers["cookie"] = "\(Cookies.session)=\(cookie)" }
        if form != nil { headers["content-type"] = "application/x-www-form-urlencoded" }
        return await site.answer(
            SiteRequest(
                method: method,
                path: parts[0].split(separator: "/").map(String.init),
                query: parts.count > 1 ? String(parts[1]) : "",
                headers: headers,
                address: "127.0.0.1"
            ) { receive in
                if let form { try await receive(Array(form.utf8)) }
            }
        )
    }

    func signIn(_ email: String, _ password: String) async -> SiteAnswer {
        let form = "email=\(Form.encode(email))&password=\(Form.encode(password))"
        return await ask("/console/sign-in", method: "POST", form: form)
    }

    /// What the forms of a session prove that they are ours with.
    func token(_ cookie: String) async throws -> String {
        let now = installation.database.time.now()
        let session = try await read { connection in
            try SessionStore.session(showing: cookie, at: now, in: connection)
        }
        return try #require(session).formToken
    }

    /// Sends a form with its token.
    func post(
        _ path: String,
        _ fields: KeyValuePairs<String, String> = [:],
        by cookie: String
    ) async throws -> SiteAnswer {
        let items = fields.map { Form.Item(name: $0.key, value: $0.value) }
        return try await post(path, items: items, by: cookie)
    }

    /// Sends a form with its token.
    func post(_ path: String, items: [Form.Item], by cookie: String) async throws -> SiteAnswer {
        var items = items
        items.append(Form.Item(name: "form", value: try await token(cookie)))
        let form = items.map { "\(Form.encode($0.name))=\(Form.encode($0.value))" }
            .joined(separator: "&")
        return await ask(path, method: "POST", cookie: cookie, form: form)
    }

    /// The text of a page.
    func page(_ path: String, by cookie: String, status: Int = 200) async -> String {
        let answer = await ask(path, cookie: cookie)
        #expect(answer.status == status, "\(path)")
        return answer.text
    }

    /// The first event of a part that keeps itself up to date.
    func live(_ path: String, by cookie: String) async throws -> String {
        let answer = await ask(path, cookie: cookie)
        guard case .live(let next) = answer.body else {
            Issue.record("\(path) is not live: \(answer.status)")
            return ""
        }
        return String(decoding: try await next() ?? [], as: UTF8.self)
    }
}

extension SiteAnswer {
    /// The text that it carries.
    var text: String {
        guard case .bytes(let bytes) = body else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Where it leads to.
    var location: String { headers.first { $0.name == "Location" }?.value ?? "" }
}
