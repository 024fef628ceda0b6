// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database
import Logging
import Millrace
import TestSupport

@testable import Console

/// A console with its installation, in a folder of its own.
struct Ground {
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
    func cookie(_ role: Accounts.Role) async throws -> String {
        let password = try NewPassword(Secret(Ground.password))
        return try await installation.database.write { [workspace] transaction in
            let context = Context(
                workspace: workspace.id,
                actor: "test",
                source: .manualEdit,
                moment: transaction.moment
            )
            let user = try UserStore(workspace.id).create(
                name: "U",
                email: "\(role.rawValue)@example.org",
                role: role,
                by: context,
                in: transaction
            )
            try PasswordStore(workspace.id)
                .set(password, of: user.id, by: context, in: transaction)
            return try SessionStore(workspace.id)
                .start(for: user.id, by: context, in: transaction).reveal()
        }
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
}

extension SiteAnswer {
    /// The page that was answered.
    var text: String {
        guard case .bytes(let bytes) = body else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }
}
