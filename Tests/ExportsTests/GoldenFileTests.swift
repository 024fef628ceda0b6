// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Exports
import Files
import TestSupport
import Testing

@Suite struct GoldenFileTests {
    @Test(arguments: TestEngine.dialects, [true, false])
    func `each type's file of the scripted history is as recorded`(
        _ engine: TestEngine,
        isKeyed: Bool
    ) async throws {
        let world = try await World(engine)
        let history = try await History.playWhole(in: world, isKeyed: isKeyed)
        for pair in ExportPair.allCases where pair.isAvailable {
            let definition = try history.definition(pair)
            let text = try await world.file(try await world.export(definition))
            try Golden.expect(text, "\(pair.rawValue)-\(isKeyed ? "keyed" : "plain").csv")
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `each type's file with attributes of the profile is as recorded, or they are refused`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let history = try await History.playWhole(in: world)
        for pair in ExportPair.allCases where pair.isAvailable {
            guard pair.facts.profileAttributes != .main else { continue }
            let definition = try history.definition(pair) {
                $0.columns =
                    (pair.facts.layout == .table
                    ? ["id"] : pair.facts.layout.columns.compactMap(\.name))
                    .map { ExportColumn($0) }
                    + ["points", "tags", "emailAddress", "updateMoment"]
                    .map { ExportColumn("profile-\($0)") }
            }
            guard pair.facts.profileAttributes == .addable else {
                let refusal = ExportsError.profileColumnRefused("profile-points", pair)
                await #expect(throws: refusal) { _ = try await world.export(definition) }
                continue
            }
            let text = try await world.file(try await world.export(definition))
            try Golden.expect(text, "\(pair.rawValue)-profile.csv")
        }
    }

    @Test(arguments: TestEngine.dialects)
    func `a manifest is as recorded`(_ engine: TestEngine) async throws {
        let world = try await World(engine)
        let history = try await History.play(in: world)
        let definition = try world.definition(.emailSent, history.table) {
            $0.nameSuffix = " $yyyy-MM-dd"
        }
        let export = try await world.export(definition)
        _ = try await world.file(export)
        let run = try #require(try await world.runs(of: export).first)
        let text = try world.text(run.fileName + Manifest.suffix)
        #expect(run.manifest == text)
        // Where the clock stands is the engine's own affair.
        let bounds = text.replacing(#/"(max|min)" : [1-9]\d+/#) {
            "\"\($0.output.1)\" : 281474976710667"
        }.replacing(#/"open" : \[[^\]]*\]/#, with: "\"open\" : [\n\n        ]")
        try Golden.expect(bounds, "manifest.json")
    }

    @Test(arguments: TestEngine.dialects)
    func `added profile columns, renamed headers and a tab are as recorded`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let history = try await History.play(in: world)
        let definition = try world.definition(.emailSent, history.table) {
            $0.columns = [
                ExportColumn("eventTime", header: "sent, \"UTC\""), ExportColumn("interactionId"),
                ExportColumn("profile-emailAddress"), ExportColumn("profile-points", header: "="),
                ExportColumn("profile-creationMoment"), ExportColumn("profile-tags"),
                ExportColumn("profile-lastEmailSentMoment"), ExportColumn("emailAddress"),
            ]
            $0.formats.delimiter = .tab
            $0.formats.severalSeparator = .pipe
            $0.formats.neutralizesFormulas = true
            $0.formats.moments = .iso8601
            $0.formats.zone = try #require(Zone("Europe/Brussels"))
        }
        let export = try await world.export(definition)
        try Golden.expect(try await world.file(export), "profile-columns.csv")
    }

    @Test(arguments: TestEngine.dialects)
    func `one column of subscriptions and short formats are as recorded`(
        _ engine: TestEngine
    ) async throws {
        let world = try await World(engine)
        let history = try await History.play(in: world)
        let promo = try await world.list("aaa", of: history.table)
        try await world.subscribe(ProfileID(1), to: promo, in: history.table)
        let definition = try world.definition(.profileCreatedOrUpdated, history.table) {
            $0.subscriptions = .oneColumn
            $0.formats.delimiter = .comma
            $0.formats.booleans = .digits
            $0.formats.dates = .compact
            $0.formats.moments = .dayFirst
            $0.formats.severalSeparator = .semicolon
        }
        let export = try await world.export(definition)
        try Golden.expect(try await world.file(export), "subscriptions-column.csv")
    }
}
