// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Files

/// What a definition must fulfil; pure but for what it is given.
struct DefinitionRules {
    let definition: ExportDefinition
    let tables: ExportTables

    /// Checks a definition and fixes its columns.
    ///
    /// The columns are written out, so that an attribute that is added to the table later does not
    /// change files under their receiver.
    func checked() throws -> ExportDefinition {
        try checkType()
        try checkKind()
        try checkFilter()
        try checkNames()
        try checkRecurrence()
        try checkRecipients()
        var checked = definition
        let plan = try ColumnPlan(definition, tables: tables)
        if definition.columns == nil { checked.columns = plan.columns.map { ExportColumn($0.key) } }
        return checked
    }

    private func checkType() throws {
        guard definition.pair.isAvailable else {
            throw ExportsError.notAvailableYet(definition.pair)
        }
        guard definition.pair == .profileChangesConsentChanges else { return }
        guard tables.profiles?.attribute(.marketingConsent) != nil else {
            throw ExportsError.noConsentRole(table: tables.name)
        }
    }

    /// What only full exports have, and what they have not.
    private func checkKind() throws {
        let pair = definition.pair
        guard definition.search == nil || pair == .profileFull else {
            throw ExportsError.noSearch(pair)
        }
        guard pair.isFull else {
            guard definition.once == nil else { throw ExportsError.notOnce(pair) }
            return
        }
        if case .from = definition.firstRun { throw ExportsError.noFirstRun(pair) }
    }

    private func checkFilter() throws {
        guard definition.sourceFilter.isOn else { return }
        guard definition.pair.facts.sourceFilter else {
            throw ExportsError.noSourceFilter(definition.pair)
        }
        guard !definition.sourceFilter.accepted.isEmpty else {
            throw ExportsError.badSetting(
                "source filter",
                reason: "no source is ticked, so nothing would ever be exported"
            )
        }
    }

    private func checkNames() throws {
        let name = definition.name
        guard !name.isEmpty, name.count <= 200 else {
            throw ExportsError.badSetting("name", reason: "1 to 200 characters")
        }
        let probe = Instant(seconds: 0)
        do {
            _ = try FileNamePattern(definition.nameSuffix).expand(probe, in: definition.zone)
            let names = try definition.transfer.names(for: probe, in: definition.zone)
            try check(fileName: names.outer)
            try check(fileName: names.inner)
        } catch let error as FilesError {
            throw ExportsError.badSetting("file name", reason: error.description)
        }
    }

    /// One component of a path, short enough for what is appended to it.
    private func check(fileName name: String) throws {
        guard !definition.transfer.fileName.isEmpty, !name.hasPrefix("."), name.utf8.count <= 160,
            !name.contains("/"), !name.unicodeScalars.contains("\0")
        else {
            throw ExportsError.badSetting(
                "file name",
                reason: "1 to 160 bytes, without / and not beginning with a dot"
            )
        }
    }

    private func checkRecurrence() throws {
        switch definition.recurrence.pattern {
        case .daily, .hourly: return
        case .weekly, .monthly, .lastDayOfMonth:
            throw ExportsError.badSetting("recurrence", reason: "daily at a time, or every N hours")
        }
    }

    private func checkRecipients() throws {
        for (position, address) in definition.reportRecipients.enumerated() {
            let parts = address.split(separator: "@", omittingEmptySubsequences: false)
            let isPlain = address.unicodeScalars.allSatisfy { $0.value > 32 && $0.value != 127 }
            guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), isPlain else {
                throw ExportsError.badSetting(
                    "report recipients",
                    reason: "number \(position + 1) is no e-mail address"
                )
            }
        }
    }
}
