// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Exports
import Files
import TestSupport
import Testing

@Suite struct GoldenFileTests {
    @Test(arguments: ExportPair.allCases.filter(\.isAvailable), [true, false])
    func `a type's file of the scripted history is as recorded`(
        pair: ExportPair,
        isKeyed: Bool
    ) async throws {
        let world = try await World()
        let history = try await History.play(in: world, isKeyed: isKeyed)
        let export = try await world.export(try world.definition(pair, history.table))
        let text = try await world.file(export)
        try Golden.expect(text, "\(pair.rawValue)-\(isKeyed ? "keyed" : "plain").csv")
    }

    @Test func `a manifest is as recorded`() async throws {
        let world = try await World()
        let history = try await History.play(in: world)
        let definition = try world.definition(.emailSent, history.table) {
            $0.nameSuffix = " $yyyy-MM-dd"
        }
        let export = try await world.export(definition)
        _ = try await world.file(export)
        let run = try #require(try await world.runs(of: export).first)
        let text = try world.text(run.fileName + Manifest.suffix)
        #expect(run.manifest == text)
        try Golden.expect(text, "manifest.json")
    }

    @Test func `added profile columns, renamed headers and a tab are as recorded`() async throws {
        let world = try await World()
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

    @Test func `one column of subscriptions and short formats are as recorded`() async throws {
        let world = try await World()
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
