// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database

/// Finds the files that carried a person from windows and stamps: no file leaves a row for each of
/// its lines (spec/audience.md, "For one person").
struct CarriedFiles {
    let stamps: PersonStamps
    let connection: Connection
    /// Whether only files count whose copy is kept here: a few days of them, not years.
    let keptOnly: Bool

    private var person: DossierPerson { stamps.person }

    init(_ person: DossierPerson, keptOnly: Bool = false, in connection: Connection) throws {
        self.keptOnly = keptOnly
        stamps = try PersonStamps(person, in: connection)
        self.connection = connection
    }

    /// All files, by export and number; a file with several events of the person comes once.
    func all() throws -> [CarriedFile] {
        try exports().flatMap(files) + removed()
    }

    private func exports() throws -> [ExportRecord] {
        try connection.rows(
            "SELECT \(ExportRecord.columns) FROM export WHERE workspace_id = $1 ORDER BY id",
            [person.table.workspace]
        ).map(ExportRecord.init).filter { try concerns($0.definition) }
    }

    /// Whether files can be about the table's profiles, or about rows that belong to some.
    private func concerns(_ definition: ExportDefinition) throws -> Bool {
        guard definition.customTable != nil else { return definition.table == person.table.id }
        do {
            let tables = try ExportTables.read(definition, person.table.workspace, in: connection)
            return tables.profiles?.id == person.table.id
        } catch AudienceError.noSuchCustomTable {
            return false
        }
    }

    private func files(of export: ExportRecord) throws -> [CarriedFile] {
        let definition = export.definition
        guard let rows = definition.pair.rows else { return [] }
        let tables = try ExportTables.read(definition, export.workspace, in: connection)
        var entries = KnownEntries(stamps, rows, definition.sourceFilter, tables)
        let profile = try definition.pair.showsUpdates ? stamps.profile() : nil
        let runs = try RunStore(export.workspace)
            .withFiles(of: export.id, keptOnly: keptOnly, in: connection)
        return try runs.compactMap { run in
            let window = run.plan.window
            let entry = try entries.first(in: window)
            let mayHold = profile.map { window.mayHold(after: $0.created, before: $0.updated) }
            guard entry != nil || mayHold == true else { return nil }
            return CarriedFile(
                export: definition.name,
                event: definition.pair.title,
                run: run,
                moment: entry?.moment,
                certainty: entry == nil
                    ? .earlierUpdate : run.plan.search == nil ? .certain : .searched
            )
        }
    }

    /// Files of exports that are gone; their manifests tell what they held.
    private func removed() throws -> [CarriedFile] {
        let runs = try RunStore(person.table.workspace)
            .withoutExport(keptOnly: keptOnly, in: connection)
        let tables = ExportTables(profiles: person.table)
        var known: [ExportPair: KnownEntries] = [:]
        return try runs.compactMap { run in
            guard let text = run.manifest else { return nil }
            let manifest = try JSONText.decode(Manifest.self, from: text)
            let pair = manifest.eventType
            guard let rows = pair.rows, pair.facts.exportType.group != .customTable else {
                return nil
            }
            var entries = known[pair] ?? KnownEntries(stamps, rows, .off, tables)
            let entry = try entries.first(in: run.plan.window)
            known[pair] = entries
            guard let entry else { return nil }
            return CarriedFile(
                export: manifest.name,
                event: pair.title,
                run: run,
                moment: entry.moment,
                certainty: .exportRemoved
            )
        }
    }
}

/// The rows of the person that belong into files of one type, read once unless they depend on the
/// window's end.
private struct KnownEntries {
    private let stamps: PersonStamps
    private let rows: any RowSource
    private let filter: SourceFilter
    private let tables: ExportTables
    private var entries: [PersonStamps.Entry]?

    init(
        _ stamps: PersonStamps,
        _ rows: any RowSource,
        _ filter: SourceFilter,
        _ tables: ExportTables
    ) {
        self.stamps = stamps
        self.rows = rows
        self.filter = filter
        self.tables = tables
    }

    /// The first that a window holds.
    mutating func first(in window: Window) throws -> PersonStamps.Entry? {
        let known = try entries ?? stamps.entries(of: rows, filter, in: tables, upTo: window.to)
        if !rows.readsCutOff { entries = known }
        return known.first { window.contains($0.stamp) }
    }
}

extension Window {
    /// Whether an update between a creation and the latest update may lie in the window.
    func mayHold(after created: Stamp, before updated: Stamp) -> Bool {
        // A long transaction can update what was created after it began.
        created != updated && to.hasSeen(created) && !to.hasSeen(updated)
    }
}

extension ExportPair {
    /// Whether files hold profiles as they were at an update, of which only the latest is known.
    var showsUpdates: Bool { self == .profileUpdated || self == .profileCreatedOrUpdated }
}
