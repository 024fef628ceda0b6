// SPDX-License-Identifier: Apache-2.0
import CSV
import Exports
import Files
import Foundation
import Testing

/// Checks that the files of each export are, together, exactly the history in the database.
struct ExportAudit {
    let scratch: Scratch

    init(_ scratch: Scratch) { self.scratch = scratch }

    /// What was delivered of one type: the records of each file, in the order of the files.
    func files(of pair: ExportPair) throws -> [[[String: String]]] {
        let folder = scratch.transferbox
        let manifests = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(Manifest.suffix) }
            .map { name in
                try JSONDecoder().decode(
                    Manifest.self,
                    from: try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
                )
            }
            .filter { $0.eventType == pair }
            .sorted { $0.seq < $1.seq }
        return try manifests.map { manifest in
            let rows = try records("\(folder)/\(manifest.file.name)")
            #expect(rows.count == Int(manifest.rows), "\(manifest.file.name)")
            return rows
        }
    }

    private func records(_ path: String) throws -> [[String: String]] {
        var bytes: [UInt8] = []
        try Unpacker.read(path: path) { chunk in
            bytes += chunk
            return true
        }
        return CSVText.records(bytes, delimiter: .semicolon)
    }

    /// Checks every type after its last export.
    func check() throws {
        let report = try ExportVerifier().verify(folder: scratch.transferbox)
        #expect(report.gap == nil)
        #expect(report.manifests > 0)
        try checkVisibleFiles()
        try checkEvents()
        try checkProfiles()
    }

    /// Nothing half-written is visible: every file has its manifest, and no draft is left.
    private func checkVisibleFiles() throws {
        let names = Scratch.files(below: scratch.transferbox)
        let files = names.filter { !$0.hasSuffix(Manifest.suffix) && !$0.contains("/") }
        for name in files { #expect(names.contains(name + Manifest.suffix), "\(name)") }
        let drafts = names.filter { ($0 as NSString).lastPathComponent.hasPrefix(".") }
        #expect(drafts.isEmpty, "drafts are left: \(drafts)")
    }

    private func checkEvents() throws {
        let audit = Audit(scratch)
        try expect(
            .emailSent,
            ["interactionId"],
            try audit.texts("SELECT '' || id FROM interaction WHERE state = 'sent'")
        )
        try expect(
            .emailNotSent,
            ["interactionId", "status"],
            try audit.texts(
                "SELECT id || ' ' || status FROM interaction WHERE state = 'notSent'"
            )
        )
        try expect(
            .profileCreated,
            ["profileId"],
            try audit.texts("SELECT '' || id FROM p1_1")
        )
        try expect(
            .profileChangesSubscriptionUpdates,
            ["profileId", "type"],
            try audit.texts(
                """
                SELECT profile_id || ' '
                    || CASE WHEN is_subscribed THEN 'SUBSCRIBE' ELSE 'UNSUBSCRIBE' END
                FROM subscription_change
                """
            )
        )
        try expect(
            .profileChangesConsentChanges,
            ["profileId", "consentValue"],
            try audit.texts(
                """
                SELECT profile_id || ' '
                    || CASE WHEN consent_value THEN 'TRUE' WHEN NOT consent_value THEN 'FALSE'
                        ELSE '' END
                FROM consent_change
                """
            )
        )
        try expect(
            .profileChangesDeleted,
            ["profileId"],
            try audit.texts("SELECT '' || profile_id FROM profile_deletion")
        )
    }

    /// Each event stands in exactly one file, once.
    private func expect(_ pair: ExportPair, _ columns: [String], _ history: [String]) throws {
        let exported = try files(of: pair).flatMap { $0 }.map { record in
            columns.map { record[$0] ?? "" }.joined(separator: " ")
        }
        #expect(exported.count == history.count, "\(pair.rawValue)")
        let isExact = exported.sorted() == history.sorted()
        #expect(isExact, "\(pair.rawValue)")
    }

    /// The last line of a profile is its final state, and no file has a profile twice.
    private func checkProfiles() throws {
        let present = Set(
            try Audit(scratch).texts(
                "SELECT id || ' ' || \(try nameColumn()) FROM p1_1"
            )
        )
        for pair in [ExportPair.profileCreatedOrUpdated, .profileUpdated] {
            var last: [String: String] = [:]
            for file in try files(of: pair) {
                let ids = file.compactMap { $0["profileId"] }
                let distinct = Set(ids).count
                #expect(distinct == ids.count, "\(pair.rawValue)")
                for record in file {
                    last[record["profileId"] ?? ""] = record["firstName"]
                }
            }
            let shown = Set(last.map { "\($0.key) \($0.value)" })
            let strangers = shown.subtracting(present)
            #expect(strangers.isEmpty, "\(pair.rawValue)")
            guard pair == .profileCreatedOrUpdated else { continue }
            #expect(present.subtracting(shown).isEmpty)
        }
        let changed = Set(
            try Audit(scratch).texts(
                "SELECT '' || id FROM p1_1 WHERE updated_stamp > created_stamp"
            )
        )
        let exported = Set(
            try files(of: .profileUpdated).flatMap { $0 }.compactMap { $0["profileId"] }
        )
        #expect(exported.symmetricDifference(changed).isEmpty)
    }

    private func nameColumn() throws -> String {
        let id = try Audit(scratch).integers(
            "SELECT id FROM attribute WHERE folded_name = 'firstname'"
        ).first
        return "a\(try #require(id))"
    }
}

/// Reads CSV text in one go.
enum CSVText {
    /// The records by header.
    static func records(
        _ bytes: [UInt8],
        delimiter: CSVDialect.Delimiter
    ) -> [[String: String]] {
        var lines: [[String]] = []
        var reader = CSVReader(dialect: CSVDialect(delimiter: delimiter))
        func take(_ record: borrowing CSVRecord) -> CSVReader.Step {
            var fields: [String] = []
            for index in 0..<record.fieldCount { fields.append(record.string(index)) }
            lines.append(fields)
            return .next
        }
        reader.append(bytes) { take($0) }
        reader.finish { take($0) }
        guard let header = lines.first else { return [] }
        return lines.dropFirst().map { line in
            Dictionary(zip(header, line)) { first, _ in first }
        }
    }
}
