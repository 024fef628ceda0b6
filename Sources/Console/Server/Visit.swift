// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database

/// A request of a signed-in person, with what there is to work with.
struct Visit: Sendable {
    let request: SiteRequest
    let services: ConsoleServices
    let session: BrowserSession
    /// The parts of the path that a route names.
    let parameters: [String: String]
    /// The query.
    let query: Form
    /// The zone in which times are shown.
    let zone: Zone
    let now: Instant

    var workspace: WorkspaceID { session.workspace }
    var user: User { session.user }
    var database: Database { services.rooms.database }

    /// What pages are shown with.
    var view: View { View(formToken: session.formToken, zone: zone, now: now) }

    func may(_ permission: Permission) -> Bool { user.role.allows(permission) }

    /// A number in the path.
    ///
    /// - Throws: ``PageError/notFound(_:)`` for what is no number.
    func id(_ name: String = "id") throws -> Int64 {
        guard let number = parameters[name].flatMap({ Int64($0) }) else {
            throw PageError.notFound("page")
        }
        return number
    }

    func read<T: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> T
    ) async throws
        -> T
    {
        try await database.read(body)
    }

    /// Writes in one transaction, with the context of the person.
    @discardableResult
    func write<T: Sendable>(
        _ body: @escaping @Sendable (Transaction, Context) throws -> T
    ) async throws -> T {
        try await database.write { [self] transaction in
            try body(transaction, context(transaction))
        }
    }

    func context(_ transaction: Transaction, _ source: ChangeSource = .manualEdit) -> Context {
        Context(
            workspace: workspace,
            actor: user.name,
            source: source,
            moment: transaction.moment
        )
    }
}
