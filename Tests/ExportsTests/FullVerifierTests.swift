// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Exports
import Files
import Foundation
import Tasks
import TestSupport
import Testing

/// What the verifier says of full files, each of which stands by itself.
@Suite struct FullVerifierTests {
    @Test func `whole files hold without those before them`() async throws {
        let (world, names) = try await threeFiles()
        let report = try world.verify()
        #expect(report.gap == nil)
        #expect(report.manifests == 3)
        #expect(
            report.chains == [
                "export 1 (profile.full): full files 1 to 3, the last with 3 rows as of"
                    + " 2026-03-04T08:00:00Z"
            ]
        )
        for name in [names[1], names[1] + Manifest.suffix] {
            try FileManager.default.removeItem(atPath: world.folder.path("out/\(name)"))
        }
        #expect(try world.verify().gap == nil)
    }

    @Test func `an edited file is named, and one that was cut off`() async throws {
        let (world, names) = try await threeFiles()
        let text = try world.text(names[1])
        try world.folder.write(
            text.replacingOccurrences(of: "u2", with: "u9"),
            to: "out/\(names[1])"
        )
        let changed = "\(names[1]) was changed after its delivery"
        #expect(try world.verify().gap == "\(changed): its hash differs")
        try world.folder.write("userId;points\n", to: "out/\(names[1])")
        #expect(try world.verify().gap?.hasPrefix(changed) == true)
    }

    @Test(
        arguments: [
            ("\"rows\" : 2", "\"rows\" : 1", "has 2 rows, but its manifest says 1"),
            ("\"tick\" : 0", "\"tick\" : 1", "is full, but names what came before it"),
            (
                "\"profile.full\"", "\"profile.created\"",
                "says that it is full, but its type is profile.created"
            ),
        ]
    )
    func `an edited manifest is named`(old: String, new: String, words: String) async throws {
        let (world, names) = try await threeFiles()
        let name = names[1] + Manifest.suffix
        let text = try world.text(name)
        #expect(text.contains(old))
        try world.folder.write(text.replacingOccurrences(of: old, with: new), to: "out/\(name)")
        #expect(try world.verify().gap?.hasSuffix(words) == true)
    }

    @Test(arguments: Compression.allCases)
    func `rows are counted whatever stands in them`(compression: Compression) async throws {
        let world = try await World()
        let table = try await world.table()
        for key in ["a\nb", "\"", "\"\n\"", ";", "plain"] {
            try await world.create(["userId": key], in: table)
        }
        let definition = try world.keys(.profileFull, table) {
            $0.columns = [ExportColumn("userId", header: "a\n\"key\"")]
            $0.transfer.compression = compression
        }
        let export = try await world.export(definition)
        #expect(try await world.execute(export).status == .completed)
        let report = try world.verify()
        #expect(report.gap == nil)
        #expect(report.rows == 5)
    }

    /// Files of one, two and three profiles, a day apart.
    private func threeFiles() async throws -> (World, [String]) {
        let world = try await World()
        let table = try await world.table()
        let export = try await world.export(try world.keys(.profileFull, table))
        for number in 1...3 {
            if number > 1 { world.time.advance(by: .days(1)) }
            try await world.create(["userId": "u\(number)"], in: table)
            _ = try await world.execute(export)
        }
        return (world, try world.files())
    }
}
