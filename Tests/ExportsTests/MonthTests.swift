// SPDX-License-Identifier: Apache-2.0
import Audience
import Campaigns
import Common
import Database
import Exports
import Files
import Foundation
import Tasks
import TestSupport
import Testing

/// A month of days with late commits, a location that refuses, skipped days and crashes.
@Suite struct MonthTests {
    @Test(arguments: [3, 11], [TestEngine.file, .postgres])
    func `the union of a month's files is exactly the history`(
        seed: UInt64,
        engine: TestEngine
    ) async throws {
        let world = try await World(engine, sortLimit: 600, largeWindow: seed == 3 ? 0 : 100)
        var random = SeededRandomness(seed: seed)
        let month = try await Month(world, holds: engine == .postgres)
        for day in 1...33 {
            try await month.happen(&random)
            try await month.openOrCommit(day)
            try await month.pass(day)
        }
        try await month.end()
        try await month.check()
        try month.checkTampering()
    }
}

/// What happens in the month, and what the files must therefore hold.
private final class Month {
    private let world: World
    private let table: ProfileTable
    private let people: [ProfileID]
    private var exports: [ExportPair: ExportID] = [:]
    private var expected: [ExportPair: [String]] = [:]
    private var sent: [(id: Int64, campaign: Int64)] = []
    private var held: HeldTransaction?
    private let holds: Bool
    private var nextID: Int64 = 1
    private let start: Instant

    private static let pairs: [ExportPair] = [
        .emailSent, .emailNotSent, .emailOpenings, .emailClicks, .emailBounced, .smsDelivered,
        .printDownloaded, .callCenterNotSent,
    ]

    init(_ world: World, holds: Bool) async throws {
        self.world = world
        self.holds = holds
        start = world.time.now()
        table = try await world.table()
        var people: [ProfileID] = []
        for name in ["ada", "bob", "eve"] {
            people.append(try await world.create(["userId": name], in: table))
        }
        self.people = people
        for campaign in Month.campaigns(start) { try await world.insert(campaign, table) }
        for pair in Month.pairs {
            let definition = try world.definition(pair, table, name: pair.rawValue) {
                $0.columns = ["interactionId", "eventTime"].map { ExportColumn($0) }
                $0.transfer.compression = pair == .emailSent ? .zip : .none
                $0.emptyWindow = pair == .emailBounced ? .noFile : .headerOnly
            }
            exports[pair] = try await world.export(definition)
        }
    }

    /// Two that count always, two whose 31 days end within the month, one that begins later.
    private static func campaigns(_ start: Instant) -> [CampaignRow] {
        [
            CampaignRow(id: 1, activatedAt: start - .days(40)),
            CampaignRow(id: 2, activatedAt: start - .days(90), finishedAt: start - .days(26)),
            CampaignRow(id: 3, kind: "oneShot", activatedAt: start - .days(17)),
            CampaignRow(id: 4, channel: "sms", activatedAt: start),
            CampaignRow(id: 5, kind: "abTest", channel: "print", activatedAt: start - .days(10)),
            CampaignRow(id: 6, channel: "callCenter", activatedAt: start),
        ]
    }

    /// The first moment at which a campaign does not count any more.
    private func end(of campaign: Int64) -> Instant {
        switch campaign {
        case 2: start - .days(26) + .hours(744)
        case 3: start - .days(17) + .hours(744)
        case 5: start - .days(10) + .hours(744)
        default: start + .days(1_000)
        }
    }

    /// A handful of contacts and of what follows earlier ones.
    func happen(_ random: inout SeededRandomness) async throws {
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            world.time.advance(by: .seconds(Int64.random(in: 1...4_000, using: &random)))
            try await contact(&random)
        }
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            world.time.advance(by: .seconds(Int64.random(in: 1...2_000, using: &random)))
            guard let past = sent.randomElement(using: &random) else { continue }
            try await follow(past, &random)
        }
    }

    private func contact(_ random: inout SeededRandomness) async throws {
        let now = world.time.now()
        var rows: [InteractionRow] = []
        for campaign in Int64(1)...6 where Bool.random(using: &random) {
            let isSent = Bool.random(using: &random)
            let state = isSent ? (campaign == 5 ? "ready" : "sent") : "notSent"
            // Some events are noted a while after they happened.
            let moment = now - .seconds(Int64.random(in: 0...300, using: &random))
            rows.append(
                InteractionRow(
                    id: nextID,
                    campaign: campaign,
                    profile: people.randomElement(using: &random) ?? people[0],
                    state: state,
                    at: moment
                )
            )
            if isSent { sent.append((nextID, campaign)) }
            for (pair, wanted, channel) in [
                (ExportPair.emailSent, "sent", 1...3), (.emailNotSent, "notSent", 1...3),
                (.callCenterNotSent, "notSent", Int64(6)...6),
            ] where state == wanted && channel.contains(campaign) {
                expect(pair, nextID, campaign, moment)
            }
            nextID += 1
        }
        try await world.insert(rows, table)
    }

    private func follow(
        _ past: (id: Int64, campaign: Int64),
        _ random: inout SeededRandomness
    ) async throws {
        let activity: Activity
        switch past.campaign {
        case 1...3:
            let kind = [ActivityKind.opening, .click, .bounce].randomElement(using: &random)
            let ordinal = kind == .opening ? 0 : Int64.random(in: 1...3, using: &random)
            activity = Activity(
                kind ?? .opening,
                of: InteractionID(past.id),
                ordinal: ordinal,
                isFirstClick: kind == .click
            )
        case 4: activity = Activity(.delivered, of: InteractionID(past.id))
        case 5: activity = Activity(.downloaded, of: InteractionID(past.id))
        default: return
        }
        let workspace = world.workspace
        let fresh = try await world.database.write { transaction in
            try ActivityStore(workspace).record([activity], in: transaction)
        }
        for activity in fresh { try await expect(activity, past.campaign, world.time.now()) }
    }

    private func expect(
        _ activity: Activity,
        _ campaign: Int64,
        _ moment: Instant
    ) async throws {
        let pairs: [ActivityKind: ExportPair] = [
            .opening: .emailOpenings, .click: .emailClicks, .bounce: .emailBounced,
            .delivered: .smsDelivered, .downloaded: .printDownloaded,
        ]
        guard let pair = pairs[activity.kind] else { return }
        guard pair == .printDownloaded else {
            return expect(pair, activity.interaction.value, campaign, moment)
        }
        let (workspace, id) = (world.workspace, activity.interaction)
        let made: Instant? = try await world.database.read { connection in
            try connection.value(
                "SELECT event_at FROM interaction WHERE workspace_id = $1 AND id = $2",
                [workspace, id]
            )
        }
        let shown = try #require(made)
        expect(pair, activity.interaction.value, campaign, moment, shownAs: shown)
    }

    private func expect(
        _ pair: ExportPair,
        _ id: Int64,
        _ campaign: Int64,
        _ moment: Instant,
        shownAs shown: Instant? = nil
    ) {
        guard moment < end(of: campaign) else { return }
        expected[pair, default: []].append("\(id);\(TimeText().text(shown ?? moment))")
    }

    /// On some days a transaction opens that commits two days later, where engines have such.
    ///
    /// It is about a contact of its own: whoever notes the same event of one waits for it.
    func openOrCommit(_ day: Int) async throws {
        guard holds else { return }
        if let held {
            guard day % 5 == 4 else { return }
            try held.commit()
            self.held = nil
            return
        }
        guard day % 5 == 2 else { return }
        let (id, now) = (nextID, world.time.now())
        nextID += 1
        try await world.insert(
            [InteractionRow(id: id, campaign: 1, profile: people[0], at: now)],
            table
        )
        expect(.emailSent, id, 1, now)
        let (held, workspace) = (HeldTransaction(in: world.database), world.workspace)
        let bounce = Activity(.bounce, of: InteractionID(id), ordinal: 1)
        try held.perform { transaction in
            _ = try ActivityStore(workspace).record([bounce], in: transaction)
        }
        expect(.emailBounced, id, 1, now)
        self.held = held
    }

    /// One day goes by; on some nobody is there, or something breaks.
    func pass(_ day: Int) async throws {
        let next = start + .days(Int64(day))
        world.time.advance(by: next - world.time.now())
        switch day % 7 {
        case 2: return
        case 3: try await refusing { try await world.worker().runUntilIdle() }
        case 4, 6:
            let points = ["export.planned", "export.sealed", "export.filePut", "export.put"]
            try await world.worker(Crash.at(points[day % 4])).runUntilIdle()
        default: try await world.worker().runUntilIdle()
        }
    }

    func end() async throws {
        try held?.commit()
        for _ in 1...3 {
            world.time.advance(by: .days(1))
            try await world.worker().runUntilIdle()
        }
    }

    /// The location's folder is not there for a while.
    private func refusing(_ body: () async throws -> Int) async throws {
        let (out, away) = (world.folder.path("out"), world.folder.path("away"))
        try FileManager.default.moveItem(atPath: out, toPath: away)
        _ = try await body()
        try FileManager.default.moveItem(atPath: away, toPath: out)
    }

    func check() async throws {
        let report = try world.verify()
        #expect(report.gap == nil)
        #expect(report.chains.count == Month.pairs.count)
        for pair in Month.pairs {
            let rows = try await rows(of: pair)
            #expect(rows.sorted() == (expected[pair] ?? []).sorted(), "\(pair)")
            #expect(!rows.isEmpty, "\(pair)")
        }
    }

    /// A file that was edited, and one that was removed, are named.
    func checkTampering() throws {
        let names = try world.files()
        let edited = try #require(names.first { $0.hasPrefix("email.openings") })
        let path = world.folder.path("out/\(edited)")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try (text + "1;2026-03-02 08:00:00\n").write(
            toFile: path,
            atomically: true,
            encoding: .utf8
        )
        #expect(try world.verify().gap?.contains(edited) == true)
        try FileManager.default.removeItem(atPath: path)
        #expect(
            try world.verify().gap == "\(edited) is missing, but its manifest is there"
        )
    }

    private func rows(of pair: ExportPair) async throws -> [String] {
        let export = try #require(exports[pair])
        let runs = try await world.database.read { [store = world.store] connection in
            try store.runs(of: export, limit: 500, in: connection)
        }
        var rows: [String] = []
        for run in runs.reversed() {
            #expect(run.state == .delivered, "\(pair) \(run.seq)")
            var bytes: [UInt8] = []
            try Unpacker.read(path: world.folder.path("out/\(run.fileName)")) { chunk in
                bytes += Array(chunk)
                return true
            }
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            rows += lines.dropFirst().map(String.init)
        }
        return rows
    }
}

/// Moments as files have them, by another way than theirs.
private struct TimeText {
    private let formatter: DateFormatter = {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = "yyyy-MM-dd HH:mm:ss"
        return formatter
    }()

    func text(_ moment: Instant) -> String {
        formatter.string(from: Date(timeIntervalSince1970: TimeInterval(moment.seconds)))
    }
}

/// What a cut-off says of a contact whose file is downloaded around it.
@Suite struct ReadyTests {
    @Test(arguments: TestEngine.dialects)
    func `what is downloaded after the cut-off was still ready, and what before it was not`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let table = try await world.table()
        let ada = try await world.create(["userId": "ada"], in: table)
        let now = world.time.now()
        try await world.insert(CampaignRow(id: 1, channel: "print", activatedAt: now), table)
        let rows = (Int64(1)...3).map { id in
            InteractionRow(id: id, campaign: 1, profile: ada, state: "ready", at: now)
        }
        try await world.insert(rows, table)
        let export = try await world.export(
            try world.definition(.printReady, table) {
                $0.columns = [ExportColumn("interactionId")]
            }
        )
        try await world.record([Activity(.downloaded, of: InteractionID(1))])
        let (database, workspace) = (world.database, world.workspace)
        let downloading = Failpoints { name in
            guard name == "export.planned" else { return }
            try database.writeBlocking { transaction in
                _ = try ActivityStore(workspace)
                    .record([Activity(.downloaded, of: InteractionID(2))], in: transaction)
            }
        }
        #expect(try await world.execute(export, downloading).status == .completed)
        #expect(try await world.latest(export) == "interactionId\n2\n3\n")
        world.time.advance(by: .hours(1))
        #expect(try await world.file(export) == "interactionId\n")
        let carried = try await world.dossier(of: ada, table)
        #expect(carried == ["1"])
    }
}

extension World {
    /// The numbers of the files that carried a person.
    func dossier(of person: ProfileID, _ table: ProfileTable) async throws -> [String] {
        try await carried(person, table).compactMap { $0.value("seq") }
    }
}
