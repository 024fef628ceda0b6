// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Audience
import Campaigns
import Common
import Database
import Millrace

struct PressureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pressure",
        abstract: "Show or set how many messages each profile of a table gets."
    )

    @Argument(help: "The profile table.") var table = "profiles"
    @Option(help: "At most so many a calendar day; none for no limit.") var perDay: String?
    @Option(help: "At most so many a week from Monday on; none for no limit.")
    var perWeek: String?
    @Option(help: "At most so many a calendar month; none for no limit.") var perMonth: String?
    @Option(help: "The zone in which days begin, such as Europe/Brussels.") var zone: String?
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = try await common.session()
        let given = [perDay, perWeek, perMonth, zone].contains { $0 != nil }
        let limits: PressureLimits
        if given {
            limits = try await session.change("pressure.set", of: table) { transaction in
                let table = try id(session, transaction)
                let store = PressureStore(session.workspace.id)
                let next = try changed(try store.limits(of: table, in: transaction))
                try store.set(next, of: table, in: transaction)
                return next
            }
        } else {
            limits = try await session.installation.database.read { connection in
                try PressureStore(session.workspace.id)
                    .limits(of: id(session, connection), in: connection)
            }
        }
        try session.output.show(PressureView(table, limits))
    }

    private func id(_ session: Session, _ connection: Connection) throws -> ProfileTableID {
        try ProfileTableStore(session.workspace.id).table(named: table, in: connection).id
    }

    private func changed(_ present: PressureLimits) throws -> PressureLimits {
        var next = present
        if let perDay { next.perDay = try Self.limit(perDay) }
        if let perWeek { next.perWeek = try Self.limit(perWeek) }
        if let perMonth { next.perMonth = try Self.limit(perMonth) }
        if let zone {
            guard let known = Zone(zone) else {
                throw CommandFailure("\(zone) is no time zone of the IANA database")
            }
            next.zone = known
        }
        return next
    }

    private static func limit(_ text: String) throws -> Int? {
        guard text != "none" else { return nil }
        guard let number = Int(text) else {
            throw CommandFailure("\(text) is neither a number nor none")
        }
        return number
    }
}

/// The limits of a table as the command line shows them.
private struct PressureView: Shown {
    var table: String
    var perDay: Int?
    var perWeek: Int?
    var perMonth: Int?
    var zone: String

    init(_ table: String, _ limits: PressureLimits) {
        self.table = table
        (perDay, perWeek, perMonth) = (limits.perDay, limits.perWeek, limits.perMonth)
        zone = limits.zone.name
    }

    var lines: [String] {
        let caps = [("a day", perDay), ("a week", perWeek), ("a month", perMonth)]
            .compactMap { name, cap in cap.map { "\($0) \(name)" } }
        guard !caps.isEmpty else { return ["\(table): no limit"] }
        return ["\(table): at most \(caps.joined(separator: ", ")), by the clock of \(zone)"]
    }
}
