// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Exports
import Files
import Foundation
import Tasks
import TestSupport
import Testing

@Suite struct VerifierTests {
    @Test func `three files of a chain hold`() async throws {
        let (world, _) = try await threeFiles()
        let report = try world.verify()
        #expect(report.gap == nil)
        #expect(report.manifests == 3)
        #expect(report.rows == 3)
        #expect(
            report.chains == [
                "export 1 (profile.created): files 1 to 3, 3 rows, 1970-01-01T00:00:00Z to"
                    + " 2026-03-04T08:00:00Z"
            ]
        )
    }

    @Test func `an edited file is named`() async throws {
        let (world, names) = try await threeFiles()
        let text = try world.text(names[1]).replacingOccurrences(of: "u2", with: "u9")
        try world.folder.write(text, to: "out/\(names[1])")
        #expect(
            try world.verify().gap
                == "\(names[1]) was changed after its delivery: its hash differs"
        )
    }

    @Test func `a file that was cut off is named`() async throws {
        let (world, names) = try await threeFiles()
        try world.folder.write("profileId\n", to: "out/\(names[1])")
        #expect(
            try world.verify().gap
                == "\(names[1]) was changed after its delivery: 10 bytes instead of 22"
        )
    }

    @Test func `a manifest that was edited does not fit what follows`() async throws {
        let (world, names) = try await threeFiles()
        let name = names[1] + Manifest.suffix
        let text = try world.text(name).replacingOccurrences(of: "Millrace test", with: "other")
        try world.folder.write(text, to: "out/\(name)")
        #expect(
            try world.verify().gap
                == "\(names[2]).manifest.json does not follow \(name): the hash of the previous"
                + " manifest differs, so one of the two was changed"
        )
    }

    @Test func `a file and manifest that were removed leave a gap`() async throws {
        let (world, names) = try await threeFiles()
        for name in [names[1], names[1] + Manifest.suffix] {
            try FileManager.default.removeItem(atPath: world.folder.path("out/\(name)"))
        }
        #expect(
            try world.verify().gap
                == "number 2 is missing between \(names[0]).manifest.json and"
                + " \(names[2]).manifest.json"
        )
    }

    @Test func `a manifest without its file is named`() async throws {
        let (world, names) = try await threeFiles()
        try FileManager.default.removeItem(atPath: world.folder.path("out/\(names[2])"))
        #expect(try world.verify().gap == "\(names[2]) is missing, but its manifest is there")
    }

    @Test func `a manifest that cannot be read is named`() async throws {
        let (world, names) = try await threeFiles()
        try world.folder.write("{}", to: "out/\(names[0]).manifest.json")
        #expect(
            try world.verify().gap
                == "\(names[0]).manifest.json is not a manifest that can be read"
        )
    }

    @Test func `oldest files may be gone`() async throws {
        let (world, names) = try await threeFiles()
        for name in [names[0], names[0] + Manifest.suffix] {
            try FileManager.default.removeItem(atPath: world.folder.path("out/\(name)"))
        }
        #expect(try world.verify().gap == nil)
    }

    @Test func `two files of one number are a fork`() async throws {
        let (world, names) = try await threeFiles()
        let copy = try world.text(names[1] + Manifest.suffix)
            .replacingOccurrences(of: names[1], with: "other.csv")
        try world.folder.write(try world.text(names[1]), to: "out/other.csv")
        try world.folder.write(copy, to: "out/other.csv.manifest.json")
        let gap = try world.verify().gap
        #expect(
            gap == "the chain forks: \(names[1]).manifest.json and other.csv.manifest.json are both"
                + " number 2"
        )
    }

    @Test func `a database that was restored says so in its next manifest, which is a fork`()
        async throws
    {
        let (world, _) = try await threeFiles()
        try await world.database.write { transaction in
            try transaction.execute(
                "UPDATE change_clock SET epoch = 2, counter = 0, rewound_from = 4711 WHERE id = 1"
            )
        }
        let export = ExportID(1)
        _ = try await world.execute(export)
        world.time.advance(by: .hours(1))
        _ = try await world.execute(export)
        let runs = try await world.runs(of: export)
        #expect(runs.map(\.plan.epoch) == [2, 2, 1, 1, 1])
        #expect(runs.map { $0.plan.rewoundFrom?.value } == [nil, 4711, nil, nil, nil])
        let gap = try #require(try world.verify().gap)
        #expect(gap.hasPrefix("the chain forks at daily_20260304_0900"))
        #expect(gap.contains("restored from a backup"))
    }

    @Test(arguments: TestEngine.dialects)
    func `an empty folder holds nothing to check`(_ engine: TestEngine) async throws {
        let world = try await World(engine)
        let path = world.folder.path("out")
        #expect(try world.verify().gap == "there is no manifest in \(path)")
    }

    /// Files of one profile each, a day apart, the last one due on 2026-03-04 at 08:00 UTC.
    private func threeFiles() async throws -> (World, [String]) {
        let world = try await World()
        let table = try await world.table()
        let export = try await world.export(
            try world.definition(.profileCreated, table) {
                $0.columns = [ExportColumn("profileId"), ExportColumn("userId")]
            }
        )
        for number in 1...3 {
            if number > 1 { world.time.advance(by: .days(1)) }
            try await world.create(["userId": "u\(number)"], in: table)
            _ = try await world.execute(export)
        }
        return (world, try world.files())
    }
}
